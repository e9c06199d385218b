//! [`log_errors`]: takes the errors out of a watch stream.
//!
//! Decided: kube's `Controller` must not see them. After an error of one watch it stops listening to *everything* while it backs off,
//! up to a minute; and each watch has a backoff of its own already.

use crate::process::error_chain::chain;
use futures::{Stream, StreamExt as _};
use kube::runtime::watcher;

/// The stream without its errors, which go to the log.
pub(crate) fn log_errors<K>(
    resource: &'static str,
    stream: impl Stream<Item = Result<K, watcher::Error>>,
) -> impl Stream<Item = Result<K, watcher::Error>> {
    stream.filter_map(move |item| {
        let item = item.inspect_err(|error| {
            tracing::warn!(error = chain(error), "watching {resource} failed; trying again");
        });
        std::future::ready(item.ok().map(Ok))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, stream};

    #[test]
    fn items_after_an_error_still_come() {
        let items = stream::iter([Ok(1), Err(watcher::Error::NoResourceVersion), Ok(2)]);
        let left: Vec<i32> =
            log_errors("numbers", items).map(Result::unwrap).collect().now_or_never().unwrap();
        assert_eq!(left, [1, 2]);
    }
}
