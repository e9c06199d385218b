//! The tables of the limit: what a SealedSecret must cost, and where the rest goes.

use std::fmt::Write as _;

use crate::bench::markdown::Table;
use crate::bench::numbers::limit::{Backlog, Counted, Limit, Parts};
use crate::bench::shown::{rate, thousands};
use crate::bench::statistics::{as_f64, quantile};

pub(in crate::bench) fn limits(limit: &Limit) -> String {
    let Some(round) = limit.middle() else { return String::new() };
    let mut text = costs(round.parts());
    let _ = write!(
        text,
        "\n{} waiting SealedSecrets: {}. The parts are measured before and after them, in {} rounds, because the speed of a virtual machine \
         changes within minutes. These tables are of the round in the middle, by the share of the limit that was reached; the last column \
         is of all.\n\n",
        thousands(as_f64(round.backlog.objects)),
        rate(round.backlog.rate()),
        limit.rounds.len(),
    );
    let mut table = Table::new(&["the limit: cores divided by", "limit", "reached", "in the rounds"]);
    for (sum, counted) in [
        ("the sum without the client's part", Counted::Server),
        ("the same, while watches see the writes", Counted::Watched),
        ("the sum with the client's part", Counted::Client),
    ] {
        let shares: Vec<_> = limit.rounds.iter().map(|round| limit.share(round, counted)).collect();
        let [least, largest] = [0.0, 1.0].map(|part| percent(quantile(&shares, part).unwrap_or(f64::NAN)));
        table.row([
            sum.to_owned(),
            rate(limit.rate(round.parts(), counted)),
            percent(limit.share(round, counted)),
            format!("{least} to {largest}"),
        ]);
    }
    text + &[table.text(), times(limit.cores, &round.backlog), requests(&round.backlog)].join("\n")
}

/// Of one of each part.
fn costs(parts: Parts) -> String {
    let mut table = Table::new(&["CPU of one", "API server", "etcd", "client", "sum"]);
    for (name, cost) in [
        ("POST Secret", parts.secret),
        ("PUT status", parts.status),
        ("POST Secret, watched", parts.watched_secret),
        ("PUT status, watched", parts.watched_status),
        ("POST Event", parts.event),
    ] {
        let sum = cost.api_server + cost.etcd + cost.client;
        table.row([name.to_owned(), ms(cost.api_server), ms(cost.etcd), ms(cost.client), ms(sum)]);
    }
    let none = || "-".to_owned();
    table.row(["private-key operation".into(), none(), none(), ms(parts.private_key), ms(parts.private_key)]);
    table.text()
}

fn times(cores: usize, backlog: &Backlog) -> String {
    let objects = as_f64(backlog.objects);
    let spent = backlog.cpu_seconds;
    let all = backlog.seconds * as_f64(cores);
    let idle =
        all - spent.controller - spent.api_server - spent.etcd - spent.controller_manager - spent.bench;
    let mut table = Table::new(&["where the time of the cores went", "each", "share"]);
    for (name, seconds) in [
        ("controller", spent.controller),
        ("API server", spent.api_server),
        ("etcd", spent.etcd),
        ("controller-manager", spent.controller_manager),
        ("this benchmark's watch", spent.bench),
        ("idle, or another process", idle),
    ] {
        table.row([name.to_owned(), ms(seconds / objects), percent(seconds / all)]);
    }
    table.text()
}

/// What the API server got while the SealedSecrets waited.
fn requests(backlog: &Backlog) -> String {
    let mut table = Table::new(&["requests meanwhile", "number", "each"]);
    for (name, &count) in &backlog.requests {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let each = count as f64 / as_f64(backlog.objects);
        if each >= 0.005 {
            table.row([name.clone(), count.to_string(), format!("{each:.2}")]);
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
        // Shares of 100, 60 and 90 %.
        let round = limit.middle().unwrap();
        assert_eq!(round, &limit.rounds[2]);
        // 2 cores; 3 ms, and 1 + 1 ms for each of three requests, and 0.5 ms of the client.
        let of = |counted| limit.rate(round.parts(), counted);
        assert!((of(Counted::Server) - 2.0 / 0.009).abs() < 0.01);
        assert!((of(Counted::Client) - 2.0 / 0.0105).abs() < 0.01);
        let text = limits(&limit);
        assert!(text.contains("1,000 waiting SealedSecrets: 200/s. "), "{text}");
        let row = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
        assert!(row("| the sum without ").ends_with("| 222/s |    90 % | 60 % to 100 % |"), "{text}");
        assert!(row("| the sum with the ").contains("| 190/s |   105 % |"), "{text}");
        // 2 ms more for each of the two writes.
        assert!(row("| the same, while ").contains("| 154/s |   130 % |"), "{text}");
        assert!(row("| private-key ").ends_with("| 3.000 ms | 3.000 ms |"), "{text}");
        // Of the 10 s of two cores.
        assert!(row("| controller  ").ends_with("| 4.000 ms |  40 % |"), "{text}");
        assert!(row("| idle, ").ends_with("| 2.000 ms |  20 % |"), "{text}");
        assert!(row("| POST secrets ").ends_with("|   1005 | 1.00 |"), "{text}");
    }
}
