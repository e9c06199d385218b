//! The tables of the limit: what a SealedSecret must cost, and where the rest goes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::bench::markdown::Table;
use crate::bench::numbers::limit::{Backlog, Limit, Parts, Round};
use crate::bench::shown::{rate, thousands};
use crate::bench::statistics::{as_f64, quantile};

pub(in crate::bench) fn limits(limit: &Limit) -> String {
    let Some(round) = limit.rounds.first() else { return String::new() };
    let parts = limit.parts();
    let mut text = costs(parts);
    let _ = write!(
        text,
        "\nOur controller with {} waiting SealedSecrets: {}. Each number is the median of {} rounds; the last column has the smallest and the \
         largest.\n\n",
        thousands(as_f64(round.backlog.objects)),
        rate(limit.median(|round| round.backlog.rate())),
        limit.rounds.len(),
    );
    let mut table = Table::new(&["compared with", "rate", "ours", "in the rounds"]);
    let mut row = |other: &str, all: f64, of: &dyn Fn(&Round) -> f64| {
        let share = |round: &Round| round.backlog.rate() / of(round);
        let shares: Vec<_> = limit.rounds.iter().map(share).collect();
        let [least, largest] = [0.0, 1.0].map(|part| percent(quantile(&shares, part).unwrap_or(f64::NAN)));
        table.row([
            other.to_owned(),
            rate(all),
            percent(limit.median(share)),
            format!("{least} to {largest}"),
        ]);
    };
    row("the limit: cores / sum without the client's part", limit.rate_of(parts.total()), &|round| {
        limit.rate_of(round.parts.total())
    });
    row("cores / sum", limit.rate_of(parts.total_with_client()), &|round| {
        limit.rate_of(round.parts.total_with_client())
    });
    row(
        "a program that does only these parts, at the same time",
        limit.median(|round| round.together.rate()),
        &|round| round.together.rate(),
    );
    text + &[table.text(), times(limit), requests(limit)].join("\n")
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

/// Seconds of one process.
type Seconds<'a> = &'a dyn Fn(&Backlog) -> f64;

/// Where the time of the cores went, of each SealedSecret.
fn times(limit: &Limit) -> String {
    let mut table = Table::new(&["time of the cores", "that program", "share", "ours", "share"]);
    let all = |of: &Backlog| of.seconds * as_f64(limit.cores);
    let idle = |of: &Backlog| {
        let spent = of.cpu_seconds;
        all(of) - spent.controller - spent.api_server - spent.etcd - spent.controller_manager - spent.bench
    };
    let rows: [(_, Seconds<'_>); 6] = [
        ("API server", &|of| of.cpu_seconds.api_server),
        ("etcd", &|of| of.cpu_seconds.etcd),
        ("controller-manager", &|of| of.cpu_seconds.controller_manager),
        ("controller", &|of| of.cpu_seconds.controller),
        ("this benchmark", &|of| of.cpu_seconds.bench),
        ("idle, or another process", &idle),
    ];
    for (name, seconds) in rows {
        let [program, ours] = SIDES.map(|side| {
            let each = limit.median(|round| seconds(side(round)) / as_f64(side(round).objects));
            (ms(each), percent(limit.median(|round| seconds(side(round)) / all(side(round)))))
        });
        table.row([name.to_owned(), program.0, program.1, ours.0, ours.1]);
    }
    table.text()
}

/// The program without a controller, and our controller.
const SIDES: [fn(&Round) -> &Backlog; 2] = [|round| &round.together, |round| &round.backlog];

/// What the API server got for each SealedSecret, until the last was reported as synced.
fn requests(limit: &Limit) -> String {
    let mut table = Table::new(&["requests of one", "that program", "ours"]);
    let names: BTreeSet<_> = limit.rounds.iter().flat_map(|round| round.backlog.requests.keys()).collect();
    for name in names {
        let [program, ours] = SIDES.map(|side| {
            limit.median(|round| {
                #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
                let count = side(round).requests.get(name).copied().unwrap_or_default() as f64;
                count / as_f64(side(round).objects)
            })
        });
        if ours >= 0.005 {
            table.row([name.clone(), format!("{program:.2}"), format!("{ours:.2}")]);
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
        assert!(text.contains("with 1,000 waiting SealedSecrets: 200/s. "), "{text}");
        let row = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
        // 2 cores; 3 ms, and 1 + 1 ms for each of three requests, and 0.5 ms of the client. The second round was disturbed.
        assert!(row("| the limit: ").ends_with("| 222/s |  90 % | 50 % to 187 % |"), "{text}");
        assert!(row("| cores / sum  ").contains("| 190/s | 105 % |"), "{text}");
        assert!(row("| a program ").ends_with("| 250/s |  80 % | 44 % to 200 % |"), "{text}");
        assert!(row("| private-key ").ends_with("| 3.000 ms | 3.000 ms |"), "{text}");
        // Of the 10 s of two cores, and of the 8 s without a controller.
        assert!(row("| controller  ").ends_with("  0.000 ms |   0 % | 4.000 ms |  40 % |"), "{text}");
        assert!(row("| idle, ").ends_with("  4.000 ms |  50 % | 2.000 ms |  20 % |"), "{text}");
        assert!(row("| POST secrets ").ends_with(" 1.00 | 1.10 |"), "{text}");
    }
}
