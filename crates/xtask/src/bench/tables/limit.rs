//! The tables of the limit: what a SealedSecret must cost, and where the rest goes.

use std::fmt::Write as _;

use crate::bench::markdown::Table;
use crate::bench::numbers::Limit;
use crate::bench::shown::{rate, thousands};
use crate::bench::statistics::as_f64;

pub(in crate::bench) fn limits(limit: &Limit) -> String {
    let mut table = Table::new(&["CPU of one", "API server", "etcd", "client", "sum"]);
    let ms = |seconds: f64| format!("{:.3} ms", seconds * 1000.0);
    let mut requests = vec![("POST Secret", limit.secret), ("PUT status", limit.status)];
    if let Some(watched) = limit.watched {
        requests.extend([("POST Secret, watched", watched.secret), ("PUT status, watched", watched.status)]);
    }
    requests.push(("POST Event", limit.event));
    for (name, cost) in requests {
        let sum = cost.api_server + cost.etcd + cost.client;
        table.row([name.to_owned(), ms(cost.api_server), ms(cost.etcd), ms(cost.client), ms(sum)]);
    }
    let none = || "-".to_owned();
    table.row(["private-key operation".into(), none(), none(), ms(limit.private_key), ms(limit.private_key)]);
    let backlog = &limit.backlog;
    let objects = as_f64(backlog.objects);
    let measured = objects / backlog.seconds;
    let share = |limit: f64| format!("{:.0} %", measured / limit * 100.0);
    let mut text = table.text();
    let [without, with] = [limit.rate(false), limit.rate(true)];
    let _ = write!(
        text,
        "\nThe limit is {} cores divided by the sum: {} without the client's part, {} with it. {} waiting SealedSecrets: {}, {} and {} of it.\n",
        limit.cores,
        rate(without),
        rate(with),
        thousands(objects),
        rate(measured),
        share(without),
        share(with),
    );
    if let Some(watched) = limit.watched_rate() {
        let _ = writeln!(
            text,
            "A controller must watch what it writes: while watches like its own see the two writes, the limit is {} without the \
             client's part, and {} of it was reached.",
            rate(watched),
            share(watched),
        );
    }
    text.push('\n');
    let cores = as_f64(limit.cores);
    let mut table = Table::new(&["where the time of the cores went", "each", "share"]);
    let spent = backlog.cpu_seconds;
    let all = backlog.seconds * cores;
    let idle =
        all - spent.controller - spent.api_server - spent.etcd - spent.controller_manager - spent.bench;
    for (name, seconds) in [
        ("controller", spent.controller),
        ("API server", spent.api_server),
        ("etcd", spent.etcd),
        ("controller-manager", spent.controller_manager),
        ("this benchmark's watch", spent.bench),
        ("idle, or another process", idle),
    ] {
        table.row([name.to_owned(), ms(seconds / objects), format!("{:.0} %", seconds / all * 100.0)]);
    }
    text.push_str(&table.text());
    let mut table = Table::new(&["requests meanwhile", "number", "each"]);
    for (name, &count) in &backlog.requests {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let each = count as f64 / objects;
        if each >= 0.005 {
            table.row([name.clone(), count.to_string(), format!("{each:.2}")]);
        }
    }
    text.push('\n');
    text + &table.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample;

    #[test]
    fn the_limit_is_the_cores_by_what_one_costs() {
        let limit = sample::numbers().limit.unwrap().measured;
        // 2 cores; 3 ms, and 1 + 1 ms for each of three requests, and 0.5 ms of the client.
        assert!((limit.rate(false) - 2.0 / 0.009).abs() < 0.01);
        assert!((limit.rate(true) - 2.0 / 0.0105).abs() < 0.01);
        let text = limits(&limit);
        assert!(text.contains("222/s without the client's part, 190/s with it"), "{text}");
        assert!(text.contains("1,000 waiting SealedSecrets: 200/s, 90 % and 105 % of it"), "{text}");
        // 2 ms more for each of the two writes.
        assert!(text.contains("the limit is 154/s without the client's part, and 130 % of it"), "{text}");
    }
}
