//! [`Row`]: one line of the table, and what its numbers come to.

use std::time::Duration;

use crate::paint;

/// What was measured of one workload. Upstream's first, everywhere.
#[derive(Debug)]
pub(super) struct Row {
    pub name: &'static str,
    pub times: [Vec<Duration>; 2],
    /// In KiB.
    pub peaks: [Option<u64>; 2],
}

pub(super) fn print_head() {
    let head = format!(
        "{:<18} {:>12} {:>12} {:>7} {:>7}   {:>10} {:>10} {:>7}",
        "median of a run", "upstream", "ours", "ratio", "rounds", "peak up.", "peak ours", "ratio"
    );
    println!("{}", paint::bold(&head));
}

impl Row {
    pub(super) fn print(&self) {
        let [upstream, ours] = self.times.each_ref().map(|times| median(times));
        let ratio = upstream.as_secs_f64() / ours.as_secs_f64();
        let peak = |kib: Option<u64>| {
            kib.map_or_else(|| "-".into(), |kib| format!("{}.{} MiB", kib / 1024, kib % 1024 * 10 / 1024))
        };
        let peaks = match self.peaks {
            // Lossless: nothing here has 2^53 KiB.
            [Some(upstream), Some(ours)] if ours > 0 => format!("{:.1}x", as_f64(upstream) / as_f64(ours)),
            _ => "-".into(),
        };
        println!(
            "{:<18} {:>12} {:>12} {:>6.1}x {:>7}   {:>10} {:>10} {:>7}",
            self.name,
            shown(upstream),
            shown(ours),
            ratio,
            self.times[1].len(),
            peak(self.peaks[0]),
            peak(self.peaks[1]),
            peaks
        );
    }
}

fn as_f64(kib: u64) -> f64 {
    u32::try_from(kib).map_or(f64::INFINITY, f64::from)
}

/// The middle one; of an even number the upper.
fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.2} ms", seconds * 1000.0),
        seconds => format!("{seconds:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        let times = |millis: &[u64]| millis.iter().copied().map(Duration::from_millis).collect::<Vec<_>>();
        assert_eq!(median(&times(&[9, 1, 5])), Duration::from_millis(5));
        assert_eq!(median(&times(&[2, 1])), Duration::from_millis(2));
        assert_eq!(median(&[]), Duration::ZERO);
    }

    #[test]
    fn times_are_shown_as_people_read_them() {
        assert_eq!(shown(Duration::from_micros(1500)), "1.50 ms");
        assert_eq!(shown(Duration::from_millis(12_345)), "12.35 s");
    }
}
