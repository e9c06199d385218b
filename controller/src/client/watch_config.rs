//! How every watch is kept up: after how long it is started anew, and how long it waits before that where it failed.

use crate::process::backoff::Backoff;
use kube::runtime::utils::{self, ResetTimerBackoff};
use kube::runtime::watcher;
use std::time::Duration;

/// How long a watch lasts, in seconds, before it is started anew from where it ended, which costs next to nothing. A connection
/// that is lost without an error is noticed only then: an edited Secret or a revoked key counts this much later at worst.
const WATCH_SECONDS: u32 = 60;

/// Between a failure and the next attempt. All watches of all replicas fail at the same moment, hence the jitter; and the longest
/// delay is how late a watch notices that the API server is back.
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(10)).with_jitter();

/// The delays start from the first again after this long without a failure.
const RESET_AFTER: Duration = Duration::from_mins(2);

/// What the configuration of every watch starts from.
pub(crate) fn watch_config() -> watcher::Config {
    watcher::Config::default().timeout(WATCH_SECONDS)
}

/// The delays after failures, for `WatchStreamExt::backoff`.
pub(crate) fn watch_backoff() -> impl utils::Backoff {
    ResetTimerBackoff::new(BACKOFF, RESET_AFTER)
}
