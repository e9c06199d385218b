//! The table of SealedSecrets that old keys sealed: what trying the keys costs, beside the time with one key.

use crate::bench::markdown::Table;
use crate::bench::numbers::{Curve, Run, SIDES, Side};
use crate::bench::shown::{rate, ratio};
use crate::bench::statistics::{as_f64, median};

/// None without a run with one key on both sides.
pub(in crate::bench) fn old_keys(runs: &[Run]) -> Option<String> {
    let mut table = Table::new(&[
        "sealed with",
        "upstream",
        "ours",
        "ratio",
        "upstream: time of one key",
        "ours: time of one key",
    ]);
    let runs: Vec<_> = runs.iter().filter(|run| run.curve == Curve::OldKeys).collect();
    let seconds = |side: Side, kind: (usize, usize)| {
        let of_kind = runs.iter().filter(|run| run.side == side && (run.keys, run.sealed_with) == kind);
        median(&of_kind.map(|run| run.seconds / as_f64(run.objects)).collect::<Vec<_>>())
    };
    let both = |kind| {
        let [upstream, ours] = SIDES.map(|side| seconds(side, kind));
        upstream.zip(ours)
    };
    let one = both((1, 1))?;
    let mut kinds: Vec<_> = runs.iter().map(|run| (run.keys, run.sealed_with)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for (kind, (upstream, ours)) in kinds.into_iter().filter_map(|kind| Some((kind, both(kind)?))) {
        let name = match kind {
            (1, _) => "the only key".to_owned(),
            (keys, 1) => format!("the oldest of {keys} keys"),
            (keys, some) => format!("{some} of {keys} keys"),
        };
        let of_one = |time: f64, one: f64| format!("{:.2}x", time / one);
        table.row([
            name,
            rate(1.0 / upstream),
            rate(1.0 / ours),
            ratio(upstream, ours),
            of_one(upstream, one.0),
            of_one(ours, one.1),
        ]);
    }
    Some(table.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample;

    #[test]
    fn each_kind_is_compared_with_the_time_of_one_key() {
        let mut runs = sample::numbers().controller.unwrap().measured;
        let table = old_keys(&runs).unwrap();
        let rows: Vec<Vec<_>> =
            table.lines().skip(2).map(|row| row.split('|').map(str::trim).collect()).collect();
        assert_eq!(&rows[0][1..7], ["the only key", "25.0/s", "100/s", "4.0x", "1.00x", "1.00x"], "{table}");
        assert_eq!(&rows[1][1..7], ["the oldest of 31 keys", "2.5/s", "90.9/s", "36.4x", "10.00x", "1.10x"]);
        assert_eq!(rows[2][1], "3 of 31 keys");
        runs.retain(|run| run.curve != Curve::OldKeys || run.keys > 1);
        assert_eq!(old_keys(&runs), None);
    }
}
