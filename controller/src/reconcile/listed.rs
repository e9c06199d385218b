//! [`Listed`]: whether the first complete list of a watch has been read, and word of each later one.
//!
//! Instead of kube's `Store::wait_until_ready`, which wakes only the last of several waiters.

use futures::{Stream, StreamExt as _};
use kube::runtime::watcher::{Error, Event};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

/// Counts a watch's complete lists; waited for by anybody.
#[derive(Debug)]
pub(crate) struct Listed(watch::Sender<u64>);

impl Default for Listed {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Listed {
    /// Follows a watch, behind its reflector: the store is filled when a list is counted.
    pub(crate) fn follow<K>(&self, event: &Result<Event<K>, Error>) {
        if matches!(event, Ok(Event::InitDone)) {
            self.0.send_modify(|lists| *lists += 1);
        }
    }

    /// Waits for the first list.
    pub(crate) async fn wait(&self) {
        // The sender lives in self, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|lists| *lists > 0).await;
    }

    /// Yields after each list but the first.
    ///
    /// A watch that was away for too long (410 Gone) lists anew. What was deleted meanwhile is in no event, and what
    /// changed is shown before the store has it: only once the list is complete can anybody see the difference.
    pub(crate) fn again(&self) -> impl Stream<Item = ()> + Send + 'static {
        WatchStream::new(self.0.subscribe()).filter_map(|lists| std::future::ready((lists > 1).then_some(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[test]
    fn only_a_later_list_is_news() {
        let (listed, done) = (Listed::default(), Ok(Event::<()>::InitDone));
        let mut again = Box::pin(listed.again());
        let mut news = || again.next().now_or_never().flatten().is_some();
        listed.follow(&done);
        assert!(!news(), "the first list");
        listed.follow(&Ok(Event::Apply(())));
        assert!(!news(), "no list");
        listed.follow(&done);
        assert!(news(), "listed again");
        assert!(!news(), "told once");
    }
}
