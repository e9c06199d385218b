//! The table of latencies.

use crate::bench::markdown::Table;
use crate::bench::numbers::Latency;
use crate::bench::shown::time;
use crate::bench::statistics::quantile;

pub(in crate::bench) fn latencies(latency: &Latency) -> String {
    let floor: Vec<_> = latency.floor.iter().map(|floor| floor.total()).collect();
    let rows = [
        ("the Secret is there, upstream", &latency.secret.upstream),
        ("the Secret is there, ours", &latency.secret.ours),
        ("synced, upstream", &latency.synced.upstream),
        ("synced, ours", &latency.synced.ours),
        ("floor", &floor),
    ];
    let mut table = Table::new(&["one at a time", "p50", "p90", "p99", "of the floor: p50", "p99", "number"]);
    for (name, numbers) in rows {
        let at = |share| quantile(numbers, share).unwrap_or(f64::NAN);
        let of_floor = |share| format!("{:.2}x", at(share) / quantile(&floor, share).unwrap_or(f64::NAN));
        table.row([
            name.to_owned(),
            time(at(0.5)),
            time(at(0.9)),
            time(at(0.99)),
            of_floor(0.5),
            of_floor(0.99),
            numbers.len().to_string(),
        ]);
    }
    table.text()
}
