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

    /// For work that fails in many places at the same moment, and must not be retried at the same moment.
    pub(crate) const fn with_jitter(self) -> Self {
        Self { jitter: true, ..self }
    }

    /// The delay after this many earlier failures in a row, without jitter.
    pub(crate) fn after(&self, failures: u32) -> Duration {
        let grown = self.first.checked_mul(2_u32.saturating_pow(failures));
        grown.map_or(self.longest, |delay| delay.min(self.longest))
    }

    /// The delay after failures that have lasted this long: as long again.
    ///
    /// Decided: by the time, which doubles the delay with each retry, instead of by a count, for work that a change from outside also
    /// starts again. Every such change is one more attempt: a few seconds of failure with a few dozen changes must not end in a delay of
    /// minutes.
    pub(crate) fn after_lasting(&self, lasted: Duration) -> Duration {
        lasted.clamp(self.first, self.longest)
    }

    /// Counts a failure, and returns the delay before the next attempt.
    pub(crate) fn next_delay(&mut self) -> Duration {
        let delay = self.after(self.failures);
        self.failures = self.failures.saturating_add(1);
        if self.jitter { delay.mul_f64(rand::rng().random_range(0.5..1.0)) } else { delay }
    }
}

/// Between four fifths and six fifths of a delay, so that what failed together is not tried again together.
pub(crate) fn jittered(delay: Duration) -> Duration {
    delay.mul_f64(rand::rng().random_range(0.8..1.2))
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
    fn as_long_as_the_failure_and_never_less_or_more() {
        let backoff = Backoff::new(Duration::from_millis(500), Duration::from_mins(5));
        let mut lasted = Duration::ZERO;
        let waits = [0.5, 0.5, 1.0, 2.0, 4.0, 8.0].map(|expected| {
            let wait = backoff.after_lasting(lasted);
            lasted += wait;
            (wait.as_secs_f64(), expected)
        });
        assert!(waits.iter().all(|(wait, expected)| (wait - expected).abs() < 0.001), "{waits:?}");
        assert_eq!(backoff.after_lasting(Duration::from_hours(5)), Duration::from_mins(5));
    }

    #[test]
    fn jitter_stays_near() {
        let around = Duration::from_secs(8)..Duration::from_secs(12);
        assert!((0..100).all(|_| around.contains(&jittered(Duration::from_secs(10)))));
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
