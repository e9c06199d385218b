//! `unbroken`: a watch whose errors are told here, and nowhere else.
//!
//! Decided: kube's `Controller` must not see them. It stops listening to *everything* for as long as it backs off, up to a
//! minute, because one watch had to begin anew; and each watch has a backoff of its own already.

use crate::process::error_chain::chain;
use futures::{Stream, StreamExt as _};
use kube::runtime::watcher;

/// The stream without its errors, which go to the log.
pub(crate) fn unbroken<K>(
    what: &'static str,
    stream: impl Stream<Item = Result<K, watcher::Error>>,
) -> impl Stream<Item = Result<K, watcher::Error>> {
    stream.filter_map(move |item| {
        let item = item.inspect_err(|error| {
            tracing::warn!(error = chain(error), "watching {what} failed; trying again");
        });
        std::future::ready(item.ok().map(Ok))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, stream};

    #[test]
    fn what_comes_after_an_error_still_comes() {
        let items = stream::iter([Ok(1), Err(watcher::Error::NoResourceVersion), Ok(2)]);
        let left: Vec<i32> = unbroken("numbers", items).map(Result::unwrap).collect().now_or_never().unwrap();
        assert_eq!(left, [1, 2]);
    }
}
