//! The tables of the limit: what a SealedSecret must cost, and where the rest goes.

use std::fmt::Write as _;

use crate::bench::markdown::Table;
use crate::bench::numbers::limit::{Backlog, Limit, Parts, Round};
use crate::bench::shown::{rate, thousands};
use crate::bench::statistics::{as_f64, quantile};

pub(in crate::bench) fn limits(limit: &Limit) -> String {
    let (parts, together, backlog) = (limit.parts(), limit.together(), limit.backlog());
    let Some(round) = limit.rounds.first() else { return String::new() };
    let mut text = costs(parts);
    let _ = write!(
        text,
        "\n{} waiting SealedSecrets: {}. Measured in {} rounds; the numbers are of all rounds together, the last column is of each.\n\n",
        thousands(as_f64(round.backlog.objects)),
        rate(backlog.rate()),
        limit.rounds.len(),
    );
    let mut table = Table::new(&["what bounds the rate", "rate", "reached", "in the rounds"]);
    let mut row = |bound: &str, all: f64, of: &dyn Fn(&Round) -> f64| {
        let shares: Vec<_> = limit.rounds.iter().map(|round| round.backlog.rate() / of(round)).collect();
        let [least, largest] = [0.0, 1.0].map(|part| percent(quantile(&shares, part).unwrap_or(f64::NAN)));
        let reached = percent(backlog.rate() / all);
        table.row([bound.to_owned(), rate(all), reached, format!("{least} to {largest}")]);
    };
    row("the limit: cores by the sum without the client's part", limit.rate_of(parts.total()), &|round| {
        limit.rate_of(round.parts.total())
    });
    row("cores by the sum", limit.rate_of(parts.total_with_client()), &|round| {
        limit.rate_of(round.parts.total_with_client())
    });
    row("all parts at the same time, without a controller", together.rate(), &|round| round.together.rate());
    text + &[table.text(), times(limit.cores, &together, &backlog), requests(&together, &backlog)].join("\n")
}

/// Of one of each part.
fn costs(parts: Parts) -> String {
    let mut table = Table::new(&["CPU of one, alone", "API server", "etcd", "client", "sum"]);
    for (name, cost) in
        [("POST Secret", parts.secret), ("PUT status", parts.status), ("POST Event", parts.event)]
    {
        let sum = cost.api_server + cost.etcd + cost.client;
        table.row([name.to_owned(), ms(cost.api_server), ms(cost.etcd), ms(cost.client), ms(sum)]);
    }
    let none = || "-".to_owned();
    table.row(["private-key operation".into(), none(), none(), ms(parts.private_key), ms(parts.private_key)]);
    table.text()
}

/// Where the time of the cores went, of each SealedSecret.
fn times(cores: usize, together: &Backlog, backlog: &Backlog) -> String {
    let mut table = Table::new(&["time of the cores", "without a controller", "share", "ours", "share"]);
    let columns = [together, backlog].map(|of| {
        let spent = of.cpu_seconds;
        let all = of.seconds * as_f64(cores);
        let used = spent.controller + spent.api_server + spent.etcd + spent.controller_manager + spent.bench;
        let rows = [
            spent.api_server,
            spent.etcd,
            spent.controller_manager,
            spent.controller,
            spent.bench,
            all - used,
        ];
        rows.map(|seconds| (ms(seconds / as_f64(of.objects)), percent(seconds / all)))
    });
    let names = [
        "API server",
        "etcd",
        "controller-manager",
        "controller",
        "this benchmark",
        "idle, or another process",
    ];
    for ((name, (without, share)), (ours, share_of_ours)) in
        names.into_iter().zip(&columns[0]).zip(&columns[1])
    {
        table.row([name.to_owned(), without.clone(), share.clone(), ours.clone(), share_of_ours.clone()]);
    }
    table.text()
}

/// What the API server got for each SealedSecret.
fn requests(together: &Backlog, backlog: &Backlog) -> String {
    let mut table = Table::new(&["requests of one", "without a controller", "ours"]);
    let each = |of: &Backlog, name: &str| {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let count = of.requests.get(name).copied().unwrap_or_default() as f64;
        count / as_f64(of.objects)
    };
    for name in backlog.requests.keys() {
        if each(backlog, name) >= 0.005 {
            table.row([
                name.clone(),
                format!("{:.2}", each(together, name)),
                format!("{:.2}", each(backlog, name)),
            ]);
        }
    }
    table.text()
}

fn ms(seconds: f64) -> String {
    format!("{:.3} ms", seconds * 1000.0)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample;

    #[test]
    fn the_limit_is_the_cores_by_what_one_costs() {
        let limit = sample::numbers().limit.unwrap().measured;
        let text = limits(&limit);
        assert!(text.contains("1,000 waiting SealedSecrets: 200/s. "), "{text}");
        let row = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
        // 2 cores; 3 ms in the mean, and 1 + 1 ms for each of three requests, and 0.5 ms of the client.
        assert!(row("| the limit: ").ends_with("| 222/s |    90 % | 83 % to 100 % |"), "{text}");
        assert!(row("| cores by the sum ").contains("| 190/s |   105 % |"), "{text}");
        assert!(row("| all parts ").ends_with("| 250/s |    80 % | 67 % to 100 % |"), "{text}");
        assert!(row("| private-key ").ends_with("| 3.000 ms | 3.000 ms |"), "{text}");
        // Of the 10 s of two cores, and of the 8 s without a controller.
        assert!(row("| controller  ").ends_with("  0.000 ms |   0 % | 4.000 ms |  40 % |"), "{text}");
        assert!(row("| idle, ").ends_with("  4.000 ms |  50 % | 2.000 ms |  20 % |"), "{text}");
        assert!(row("| POST secrets ").ends_with("  1.00 | 1.00 |"), "{text}");
    }
}
