//! [`Backoff`]: growing delays between attempts.

use kube::runtime::utils;
use rand::RngExt as _;
use std::time::Duration;

/// Delays that double from the first to the longest, and stay there.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    /// Whether a delay is shortened at random, by up to half of it.
    jitter: bool,
    failures: u32,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, jitter: false, failures: 0 }
    }

    /// For work that fails in many places at the same moment, and must not all be tried again at the same moment.
    pub(crate) const fn with_jitter(self) -> Self {
        Self { jitter: true, ..self }
    }

    /// The delay after this many earlier failures in a row, without jitter.
    pub(crate) fn after(&self, failures: u32) -> Duration {
        let grown = self.first.checked_mul(2_u32.saturating_pow(failures));
        grown.map_or(self.longest, |delay| delay.min(self.longest))
    }

    /// Counts a failure, and returns the delay before the next attempt.
    pub(crate) fn next_delay(&mut self) -> Duration {
        let delay = self.after(self.failures);
        self.failures = self.failures.saturating_add(1);
        if self.jitter { delay.mul_f64(rand::rng().random_range(0.5..1.0)) } else { delay }
    }
}

impl Iterator for Backoff {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(self.next_delay())
    }
}

/// For `WatchStreamExt::backoff`.
impl utils::Backoff for Backoff {
    fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::runtime::utils::Backoff as _;

    #[test]
    fn delays_double_up_to_the_longest_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(10));
        let seconds: Vec<f64> = backoff.by_ref().take(7).map(|delay| delay.as_secs_f64()).collect();
        assert_eq!(seconds, [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]);
        assert_eq!(backoff.after(u32::MAX), Duration::from_secs(10));
        backoff.reset();
        assert_eq!(backoff.next_delay(), Duration::from_millis(500));
    }

    #[test]
    fn jitter_takes_up_to_half_of_a_delay() {
        let backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(10)).with_jitter();
        let delays: Vec<_> = backoff.take(100).collect();
        assert!(delays[0] < Duration::from_millis(500), "{delays:?}");
        assert!(delays.iter().all(|delay| *delay <= Duration::from_secs(10)), "{delays:?}");
        assert!(delays[99] >= Duration::from_secs(5), "{delays:?}");
    }
}
