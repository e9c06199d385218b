//! The configuration of every watch: how long it lasts, the delays after a failure, and what happens to its errors.

use crate::process::backoff::Backoff;
use crate::process::error_chain::chain;
use futures::{Stream, StreamExt as _};
use kube::runtime::utils::{self, ResetTimerBackoff};
use kube::runtime::watcher;
use std::time::Duration;

/// How long a watch lasts, in seconds, before it is started anew from where it ended, which costs next to nothing. A connection
/// that is lost without an error is noticed only then: an edited Secret or a revoked key counts this much later at worst.
const WATCH_SECONDS: u32 = 60;

/// Delays between a failure and the next attempt. All watches of all replicas fail at the same moment, hence the
/// jitter; and the longest delay is how late a watch notices that the API server is back.
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

/// The stream without its errors, which go to the log.
///
/// Each watch has a backoff of its own, so that an error of one holds up no other.
pub(crate) fn log_errors<K>(
    resource: &'static str,
    stream: impl Stream<Item = Result<K, watcher::Error>>,
) -> impl Stream<Item = K> {
    stream.filter_map(move |item| {
        let item = item.inspect_err(|error| {
            tracing::warn!(error = chain(error), "watching {resource} failed; trying again");
        });
        std::future::ready(item.ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, stream};

    #[test]
    fn items_after_an_error_still_come() {
        let items = stream::iter([Ok(1), Err(watcher::Error::NoResourceVersion), Ok(2)]);
        let left: Vec<i32> = log_errors("numbers", items).collect().now_or_never().unwrap();
        assert_eq!(left, [1, 2]);
    }
}
