//! How every watch is kept up: how long it lasts before it begins anew, and how long it pauses where that fails.

use kube::runtime::utils::{Backoff, ResetTimerBackoff};
use kube::runtime::watcher;
use rand::RngExt as _;
use std::time::Duration;

/// A connection that dies in silence is missed only when its watch should have ended, so that this is how late the news may be
/// of a Secret that was edited, or a key that was revoked. Beginning anew from where it ended costs next to nothing.
const LASTS: u32 = 60;

/// The first pause, and the longest: who waits for longer has not noticed that the API server is back.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// After so long without trouble the pauses begin anew.
const FORGOTTEN: Duration = Duration::from_mins(2);

/// What every watch begins with.
pub(crate) fn following() -> watcher::Config {
    watcher::Config::default().timeout(LASTS)
}

/// The pauses after failures, for `WatchStreamExt::backoff`.
pub(crate) fn pauses() -> impl Backoff {
    ResetTimerBackoff::new(Pauses(PAUSE.0), FORGOTTEN)
}

/// Each twice the one before, less up to half of it: all watches of all replicas fail at the same moment.
struct Pauses(Duration);

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let pause = self.0;
        self.0 = (pause * 2).min(PAUSE.1);
        Some(pause.mul_f64(rand::rng().random_range(0.5..1.0)))
    }
}

impl Backoff for Pauses {
    fn reset(&mut self) {
        self.0 = PAUSE.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_begin_anew() {
        let mut pauses = Pauses(PAUSE.0);
        let all: Vec<_> = pauses.by_ref().take(100).collect();
        assert!(all[0] < PAUSE.0 && all.iter().all(|pause| *pause <= PAUSE.1));
        assert!(all[99] >= PAUSE.1 / 2);
        pauses.reset();
        assert!(pauses.next() < Some(PAUSE.0));
    }
}
