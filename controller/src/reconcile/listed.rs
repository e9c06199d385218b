//! [`Listed`]: whether the first complete lists have been read.
//!
//! Instead of kube's `Store::wait_until_ready`, which wakes only the last of several waiters.

use kube::runtime::watcher::{Error, Event};
use tokio::sync::watch;

/// Marked by a watch once its first list is complete; waited for by anybody.
#[derive(Debug)]
pub(crate) struct Listed(watch::Sender<bool>);

impl Default for Listed {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Listed {
    /// Follows a watch, behind its reflector: the store is filled when this is marked.
    pub(crate) fn follow<K>(&self, event: &Result<Event<K>, Error>) {
        if matches!(event, Ok(Event::InitDone)) {
            self.0.send_replace(true);
        }
    }

    /// Waits for the mark.
    pub(crate) async fn wait(&self) {
        // The sender lives in self, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|listed| *listed).await;
    }
}
