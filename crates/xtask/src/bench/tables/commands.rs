//! The table of kubeseal's commands.

use crate::bench::markdown::Table;
use crate::bench::numbers::{Command, SIDES};
use crate::bench::shown::{mib, ratio, time};
use crate::bench::statistics::median;

pub(in crate::bench) fn commands(commands: &[Command]) -> String {
    let mut table =
        Table::new(&["median of a run", "upstream", "ours", "ratio", "rounds", "peak upstream", "peak ours"]);
    for command in commands {
        let [upstream, ours] = SIDES.map(|side| median(command.seconds.of(side)).unwrap_or(f64::NAN));
        let peak = |kib: &Option<u64>| kib.map_or_else(|| "-".into(), mib);
        table.row([
            command.name.clone(),
            time(upstream),
            time(ours),
            ratio(upstream, ours),
            command.seconds.ours.len().to_string(),
            peak(&command.peak_kib.upstream),
            peak(&command.peak_kib.ours),
        ]);
    }
    table.text()
}
