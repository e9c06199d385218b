//! The tables of the curves, of memory, and of restarts.

use std::collections::BTreeMap;

use crate::bench::curves::{Point, memory, points, title};
use crate::bench::markdown::Table;
use crate::bench::numbers::{Both, Curve, Restart, Run, SIDES};
use crate::bench::shown::{amount, mib, rate, ratio, thousands, time};
use crate::bench::statistics::{Line, as_f64, exponent, median};

/// A curve that grows with a larger exponent than this is marked: measured numbers scatter.
const LINEAR: f64 = 1.1;

/// A table for a curve; none without a run of it.
pub(in crate::bench) fn curve(runs: &[Run], curve: Curve) -> Option<String> {
    let points = points(runs, curve);
    let mut table = Table::new(&[
        title(curve).axis,
        "upstream",
        "ours",
        "ratio",
        "upstream grows",
        "ours grows",
        "peak upstream",
        "peak ours",
        "CPU upstream",
        "CPU ours",
    ]);
    let mut before: Option<&Point> = None;
    for point in &points {
        let grows = |side| {
            let before = before?;
            let exponent = exponent((before.x, *before.seconds.of(side)), (point.x, *point.seconds.of(side)));
            Some(if exponent > LINEAR { format!("{exponent:.2} (!)") } else { format!("{exponent:.2}") })
        };
        let [upstream, ours] = SIDES.map(|side| *point.rate.of(side));
        let [grows_upstream, grows_ours] = SIDES.map(|side| grows(side).unwrap_or_else(|| "-".into()));
        let [peak_upstream, peak_ours] =
            SIDES.map(|side| point.peak_kib.of(side).map_or_else(|| "-".into(), mib));
        let [cpu_upstream, cpu_ours] = SIDES.map(|side| cpu(point.cpu_each.of(side)));
        table.row([
            amount(point.x, curve),
            rate(upstream),
            rate(ours),
            ratio(ours, upstream),
            grows_upstream,
            grows_ours,
            peak_upstream,
            peak_ours,
            cpu_upstream,
            cpu_ours,
        ]);
        before = Some(point);
    }
    (!points.is_empty()).then(|| table.text())
}

/// What one object more costs in memory, and what 100,000 would.
pub(in crate::bench) fn memories(runs: &[Run]) -> Option<String> {
    let mut table = Table::new(&["resident memory", "upstream", "ours", "ratio"]);
    let mut is_empty = true;
    for (what, after_restart) in [("after", false), ("restarted", true)] {
        let lines = memory(runs, after_restart);
        for (index, &(x, upstream)) in lines.upstream.iter().enumerate() {
            let Some(&(_, ours)) = lines.ours.get(index) else { continue };
            is_empty = false;
            let name = format!("{what}, {}", thousands(x));
            table.row([name, format!("{upstream:.1} MiB"), format!("{ours:.1} MiB"), ratio(upstream, ours)]);
        }
        // Two points are always on a line.
        let [upstream, ours] = SIDES.map(|side| {
            Some(lines.of(side)).filter(|points| points.len() > 2).and_then(|points| Line::through(points))
        });
        if let (Some(upstream), Some(ours)) = (upstream, ours) {
            let each = |line: Line| format!("{:.2} KiB", line.slope * 1024.0);
            let name = format!("{what}, each");
            table.row([name, each(upstream), each(ours), ratio(upstream.slope, ours.slope)]);
            let far = |line: Line| format!("{:.0} MiB ± {:.0} %", line.at(100_000.0), line.residual * 100.0);
            let name = format!("{what}, 100,000 extrapolated");
            table.row([name, far(upstream), far(ours), ratio(upstream.at(100_000.0), ours.at(100_000.0))]);
        }
    }
    (!is_empty).then(|| table.text())
}

pub(in crate::bench) fn restarts(runs: &[Run]) -> Option<String> {
    let mut table = Table::new(&[
        "a restart with",
        "upstream",
        "ours",
        "CPU upstream",
        "CPU ours",
        "writes upstream",
        "writes ours",
    ]);
    let mut rows: BTreeMap<usize, Both<Vec<_>>> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.restart.is_some()) {
        rows.entry(run.objects).or_default().of_mut(run.side).extend(&run.restart);
    }
    for (objects, both) in &rows {
        let [upstream, ours] = SIDES.map(|side| {
            let of = |what: fn(&Restart) -> f64| {
                let all: Vec<_> = both.of(side).iter().map(|restart| what(restart)).collect();
                median(&all).unwrap_or(f64::NAN)
            };
            let all_cpu =
                of(|it| it.cpu_seconds.controller + it.cpu_seconds.api_server + it.cpu_seconds.etcd);
            let writes = both.of(side).iter().map(|restart| restart.writes).max().unwrap_or_default();
            [time(of(|it| it.seconds)), format!("{all_cpu:.1} s"), writes.to_string()]
        });
        let [[time_upstream, cpu_upstream, writes_upstream], [time_ours, cpu_ours, writes_ours]] =
            [upstream, ours];
        let name = thousands(as_f64(*objects));
        table.row([name, time_upstream, time_ours, cpu_upstream, cpu_ours, writes_upstream, writes_ours]);
    }
    (!rows.is_empty()).then(|| table.text())
}

/// Milliseconds of the controller and of the cluster for each object.
fn cpu(each: &(f64, f64)) -> String {
    format!("{:.1} + {:.1} ms", each.0 * 1000.0, each.1 * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample;

    #[test]
    fn a_curve_worse_than_linear_is_marked() {
        let runs = sample::numbers().controller.unwrap().measured;
        let table = curve(&runs, Curve::Objects).unwrap();
        // Upstream's takes 2 s for 100 and 30 s for 1,000; ours 0.5 s and 4 s.
        let row = table.lines().nth(3).unwrap();
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        assert_eq!(&cells[1..7], ["1,000", "33.3/s", "250/s", "7.5x", "1.18 (!)", "0.90"], "{table}");
        assert_eq!(curve(&runs, Curve::AllKeys), None);
    }
}
