//! The tables of the limit: what a SealedSecret must cost, and where the rest goes.

use std::fmt::Write as _;

use crate::bench::markdown::Table;
use crate::bench::numbers::Cpu;
use crate::bench::numbers::limit::{Cost, Counted, Limit, Parts, Round};
use crate::bench::shown::{rate, thousands};
use crate::bench::statistics::{as_f64, median, quantile};

pub(in crate::bench) fn limits(limit: &Limit) -> String {
    let objects = as_f64(limit.rounds.first().map_or(0, |round| round.backlog.objects));
    let rounds = limit.rounds.len();
    let each =
        |seconds: fn(&Cpu) -> f64| middle(limit, |round| seconds(&round.backlog.cpu_seconds) / objects);
    let measured = middle(limit, |round| round.backlog.rate());
    let mut text = costs(limit);
    let _ = write!(
        text,
        "\n{} waiting SealedSecrets: {}. Medians of {rounds} rounds; the parts are measured before and after the SealedSecrets of each round, \
         because the speed of a virtual machine changes within minutes.\n\n",
        thousands(objects),
        rate(measured),
    );
    let mut table = Table::new(&["the limit: cores divided by", "limit", "reached", "in the rounds"]);
    for (sum, counted) in [
        ("the sum without the client's part", Counted::Server),
        ("the same, while watches like a controller's see the writes", Counted::Watched),
        ("the sum with the client's part", Counted::Client),
    ] {
        let most = middle(limit, |round| limit.rate(round.parts, counted));
        let shares = limit.shares(counted);
        let [least, share, largest] = [0.0, 0.5, 1.0].map(|part| percent(quantile(&shares, part)));
        table.row([sum.to_owned(), rate(most), share, format!("{least} to {largest}")]);
    }
    text.push_str(&table.text());
    text.push('\n');
    let mut table = Table::new(&["where the time of the cores went", "each", "share"]);
    let all = as_f64(limit.cores) / measured;
    let spent = [
        ("controller", each(|cpu| cpu.controller)),
        ("API server", each(|cpu| cpu.api_server)),
        ("etcd", each(|cpu| cpu.etcd)),
        ("controller-manager", each(|cpu| cpu.controller_manager)),
        ("this benchmark's watch", each(|cpu| cpu.bench)),
    ];
    let idle = all - spent.iter().map(|(_, seconds)| seconds).sum::<f64>();
    for (name, seconds) in spent.into_iter().chain([("idle, or another process", idle)]) {
        table.row([name.to_owned(), ms(seconds), percent(Some(seconds / all))]);
    }
    text.push_str(&table.text());
    text.push('\n');
    text + &requests(limit, objects)
}

/// Its name, and what it costs.
type Request = (&'static str, fn(&Parts) -> Cost);

/// Of one of each part.
fn costs(limit: &Limit) -> String {
    let mut table = Table::new(&["CPU of one", "API server", "etcd", "client", "sum"]);
    let requests: [Request; 5] = [
        ("POST Secret", |parts| parts.secret),
        ("PUT status", |parts| parts.status),
        ("POST Secret, watched", |parts| parts.watched_secret),
        ("PUT status, watched", |parts| parts.watched_status),
        ("POST Event", |parts| parts.event),
    ];
    for (name, cost) in requests {
        let costs: [fn(Cost) -> f64; 3] = [|cost| cost.api_server, |cost| cost.etcd, |cost| cost.client];
        let costs = costs.map(|of| middle(limit, |round| of(cost(&round.parts))));
        let [api_server, etcd, client] = costs.map(ms);
        table.row([name.to_owned(), api_server, etcd, client, ms(costs.iter().sum())]);
    }
    let none = || "-".to_owned();
    let private_key = ms(middle(limit, |round| round.parts.private_key));
    table.row(["private-key operation".into(), none(), none(), private_key.clone(), private_key]);
    table.text()
}

/// What the API server got while the SealedSecrets of the last round waited.
fn requests(limit: &Limit, objects: f64) -> String {
    let mut table = Table::new(&["requests meanwhile, last round", "number", "each"]);
    for (name, &count) in limit.rounds.last().iter().flat_map(|round| &round.backlog.requests) {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let each = count as f64 / objects;
        if each >= 0.005 {
            table.row([name.clone(), count.to_string(), format!("{each:.2}")]);
        }
    }
    table.text()
}

fn middle(limit: &Limit, of: impl Fn(&Round) -> f64) -> f64 {
    median(&limit.rounds.iter().map(of).collect::<Vec<_>>()).unwrap_or(f64::NAN)
}

fn ms(seconds: f64) -> String {
    format!("{:.3} ms", seconds * 1000.0)
}

fn percent(share: Option<f64>) -> String {
    format!("{:.0} %", share.unwrap_or(f64::NAN) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample;

    #[test]
    fn the_limit_is_the_cores_by_what_one_costs() {
        let limit = sample::numbers().limit.unwrap().measured;
        // 2 cores; 3 ms, and 1 + 1 ms for each of three requests, and 0.5 ms of the client.
        let rate = |counted| limit.rate(limit.rounds[0].parts, counted);
        assert!((rate(Counted::Server) - 2.0 / 0.009).abs() < 0.01);
        assert!((rate(Counted::Client) - 2.0 / 0.0105).abs() < 0.01);
        let text = limits(&limit);
        // 250, 200 and 125 a second in three rounds.
        assert!(text.contains("1,000 waiting SealedSecrets: 200/s. Medians of 3 rounds"), "{text}");
        let row = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
        assert!(row("| the sum without ").ends_with("| 222/s |    90 % | 56 % to 113 % |"), "{text}");
        assert!(row("| the sum with the ").contains("| 190/s |   105 % |"), "{text}");
        // 2 ms more for each of the two writes.
        assert!(row("| the same, while ").contains("| 154/s |   130 % |"), "{text}");
    }
}
