//! The points of the curves: what the runs with the same number on the axis come to.

use super::numbers::{Both, Curve, Run, SIDES, Side};
use super::statistics::{as_f64, median};

/// A point of a curve, on both sides.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    pub x: f64,
    /// Median time: of the whole run where the number of objects differs, else for one object.
    pub seconds: Both<f64>,
    /// SealedSecrets in a second.
    pub rate: Both<f64>,
    pub peak_kib: Both<Option<u64>>,
    /// CPU seconds for one object: of the controller, and of the API server with etcd.
    pub cpu_each: Both<(f64, f64)>,
}

/// What a curve is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Title {
    pub text: &'static str,
    pub axis: &'static str,
    /// The name of its file.
    pub file: &'static str,
}

pub(super) const fn title(curve: Curve) -> Title {
    let (text, axis, file) = match curve {
        Curve::Objects => ("Waiting SealedSecrets of one item", "SealedSecrets", "objects"),
        Curve::Items => ("Items in each SealedSecret", "items", "items"),
        Curve::OldestKey => ("Sealing keys, all sealed with the oldest", "keys", "oldest-key"),
        Curve::AllKeys => ("Sealing keys, each SealedSecret sealed with another", "keys", "all-keys"),
        Curve::Values => ("Size of the value", "value", "values"),
        Curve::Memory => {
            ("Memory: SealedSecrets of 5 items, created by `kubectl apply`", "SealedSecrets", "memory")
        }
        Curve::OldKeys => ("SealedSecrets of 5 items, sealed with old keys", "keys", "old-keys"),
        Curve::Defaults => ("Default flags on both sides", "SealedSecrets", "defaults"),
    };
    Title { text, axis, file }
}

/// A curve's points in order, of those numbers that were measured on both sides.
pub(super) fn points(runs: &[Run], curve: Curve) -> Vec<Point> {
    let runs: Vec<_> = runs.iter().filter(|run| run.curve == curve).collect();
    let mut amounts: Vec<_> = runs.iter().map(|run| x(run)).collect();
    amounts.sort_unstable();
    amounts.dedup();
    amounts.into_iter().filter_map(|amount| point(&runs, amount)).collect()
}

fn point(runs: &[&Run], amount: usize) -> Option<Point> {
    let of = |side: Side| {
        let runs: Vec<_> = runs.iter().filter(|run| run.side == side && x(run) == amount).collect();
        let all = |what: &dyn Fn(&Run) -> f64| median(&runs.iter().map(|run| what(run)).collect::<Vec<_>>());
        let each = |run: &Run| as_f64(run.objects);
        let is_whole = runs.first()?.curve == Curve::Objects;
        Some((
            all(&|run| if is_whole { run.seconds } else { run.seconds / each(run) })?,
            all(&|run| each(run) / run.seconds)?,
            runs.iter().filter_map(|run| run.memory.peak_kib).max(),
            (
                all(&|run| run.cpu_seconds.controller / each(run))?,
                all(&|run| (run.cpu_seconds.api_server + run.cpu_seconds.etcd) / each(run))?,
            ),
        ))
    };
    let [upstream, ours] = SIDES.map(of);
    let (upstream, ours) = (upstream?, ours?);
    Some(Point {
        x: as_f64(amount),
        seconds: Both { upstream: upstream.0, ours: ours.0 },
        rate: Both { upstream: upstream.1, ours: ours.1 },
        peak_kib: Both { upstream: upstream.2, ours: ours.2 },
        cpu_each: Both { upstream: upstream.3, ours: ours.3 },
    })
}

/// The number on the axis.
pub(super) const fn x(run: &Run) -> usize {
    match run.curve {
        Curve::Objects | Curve::Memory | Curve::Defaults => run.objects,
        Curve::Items => run.items,
        Curve::OldestKey | Curve::AllKeys | Curve::OldKeys => run.keys,
        Curve::Values => run.value_bytes,
    }
}

/// Resident memory over the number of objects, in MiB: after they were unsealed, or after a restart.
pub(super) fn memory(runs: &[Run], after_restart: bool) -> Both<Vec<(f64, f64)>> {
    let mut lines = Both::default();
    for side in SIDES {
        let runs: Vec<_> = runs.iter().filter(|run| run.curve == Curve::Memory && run.side == side).collect();
        let mut amounts: Vec<_> = runs.iter().map(|run| run.objects).collect();
        amounts.sort_unstable();
        amounts.dedup();
        *lines.of_mut(side) = amounts
            .into_iter()
            .filter_map(|amount| {
                let memory = |run: &Run| {
                    if after_restart { run.restart.as_ref().map(|it| it.memory) } else { Some(run.memory) }
                };
                let runs = runs.iter().filter(|run| run.objects == amount).filter_map(|run| memory(run));
                let resident = runs.filter_map(|memory| u32::try_from(memory.resident_kib?).ok());
                let resident: Vec<_> = resident.map(|kib| f64::from(kib) / 1024.0).collect();
                Some((as_f64(amount), median(&resident)?))
            })
            .collect();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample;

    #[test]
    fn a_point_is_the_median_of_its_runs_and_needs_both_sides() {
        let mut runs = sample::numbers().controller.unwrap().measured;
        let mut slow = runs[0].clone();
        slow.seconds = 50.0;
        runs.extend([slow.clone(), slow]);
        let of_objects = points(&runs, Curve::Objects);
        assert_eq!(of_objects.iter().map(|point| point.x).collect::<Vec<_>>(), [100.0, 1000.0, 3000.0]);
        assert!((of_objects[0].seconds.upstream - 50.0).abs() < 1e-9);
        assert!((of_objects[0].rate.ours - 200.0).abs() < 1e-9);
        runs.retain(|run| run.side == Side::Ours);
        assert_eq!(points(&runs, Curve::Objects), []);
    }
}
