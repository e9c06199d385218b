//! [`Listed`]: whether a watch has read its first complete list, and when it reads a later one.
//!
//! Decided: instead of kube's `Store::wait_until_ready`, which wakes only the last of several waiters.

use futures::{Stream, StreamExt as _};
use kube::runtime::watcher::{Error, Event};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_stream::wrappers::WatchStream;

/// How long lists have to be refused before that counts: a new Role takes effect a moment after it is created.
const REFUSED_FOR: Duration = Duration::from_secs(5);

/// Counts the complete lists of one watch.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    lists: watch::Sender<u64>,
    /// Since when lists are refused, because there is no right to list or no such namespace.
    refused: watch::Sender<Option<Instant>>,
}

impl Listed {
    /// Follows a watch. To be called after its reflector, so that the store has a list before it is counted.
    pub(crate) fn follow<K>(&self, event: &Result<Event<K>, Error>) {
        match event {
            Ok(Event::InitDone) => {
                self.refused.send_replace(None);
                self.lists.send_modify(|lists| *lists += 1);
            }
            Err(Error::InitialListFailed(kube::Error::Api(status)))
                if status.is_forbidden() || status.is_not_found() =>
            {
                self.refused.send_modify(|since| _ = since.get_or_insert_with(Instant::now));
            }
            _ => {}
        }
    }

    /// Waits for the first list.
    pub(crate) async fn wait(&self) {
        // The sender lives in self, so waiting cannot fail.
        let _ = self.lists.subscribe().wait_for(|lists| *lists > 0).await;
    }

    /// Whether there was a first list.
    pub(crate) fn is_complete(&self) -> bool {
        *self.lists.borrow() > 0
    }

    /// Waits for the first list, or until lists have been refused for some seconds.
    pub(crate) async fn wait_unless_refused(&self) {
        tokio::select! {
            () = self.wait() => {}
            () = self.is_refused() => {}
        }
    }

    async fn is_refused(&self) {
        let mut refused = self.refused.subscribe();
        loop {
            let since = refused.wait_for(Option::is_some).await.map(|since| *since);
            let Ok(Some(since)) = since else { return };
            tokio::time::sleep_until(since + REFUSED_FOR).await;
            if *refused.borrow_and_update() == Some(since) {
                return;
            }
        }
    }

    /// Yields after each list but the first.
    ///
    /// A watch that was disconnected for too long (410 Gone) lists anew. What was deleted meanwhile is in no event, and what
    /// changed is shown before the store has it. So everything has to be reconciled once the list is complete.
    pub(crate) fn again(&self) -> impl Stream<Item = ()> + Send + 'static {
        WatchStream::new(self.lists.subscribe())
            .filter_map(|lists| std::future::ready((lists > 1).then_some(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[test]
    fn only_a_later_list_is_yielded() {
        let (listed, done) = (Listed::default(), Ok(Event::<()>::InitDone));
        let mut again = Box::pin(listed.again());
        let mut news = || again.next().now_or_never().flatten().is_some();
        listed.follow(&done);
        assert!(!news(), "the first list");
        listed.follow(&Ok(Event::Apply(())));
        assert!(!news(), "no list");
        listed.follow(&done);
        assert!(news(), "listed again");
        assert!(!news(), "yielded once");
    }

    #[tokio::test]
    async fn a_list_that_is_refused_is_not_waited_for_forever() {
        let listed = Listed::default();
        let refusal = |code: u16, reason: &str| {
            let status = kube::core::Status::failure("no", reason).with_code(code);
            Err::<Event<()>, _>(Error::InitialListFailed(kube::Error::Api(Box::new(status))))
        };
        listed.follow(&refusal(500, "InternalError"));
        assert!(listed.wait_unless_refused().now_or_never().is_none() && listed.refused.borrow().is_none());
        listed.follow(&refusal(403, "Forbidden"));
        assert!(listed.wait_unless_refused().now_or_never().is_none(), "for a moment only");
        listed.refused.send_modify(|since| *since = since.and_then(|since| since.checked_sub(REFUSED_FOR)));
        listed.follow(&refusal(403, "Forbidden"));
        tokio::time::timeout(Duration::from_secs(1), listed.wait_unless_refused()).await.unwrap();
        listed.follow(&Ok(Event::<()>::InitDone));
        assert!(listed.refused.borrow().is_none(), "it has a right by now");
    }
}
