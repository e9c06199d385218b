//! [`FairSemaphore`]: a semaphore whose permits are shared fairly among the namespaces, as [`FairQueue`] decides.

use crate::unseal::queue::fair_queue::FairQueue;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot;

/// A number of permits.
#[derive(Debug)]
pub(crate) struct FairSemaphore(Mutex<FairQueue<oneshot::Sender<FairPermit>>>);

/// One permit, until it is dropped.
#[derive(Debug)]
pub(crate) struct FairPermit {
    of: Arc<FairSemaphore>,
    namespace: String,
}

impl FairSemaphore {
    pub(crate) fn new(count: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(FairQueue::new(count))))
    }

    pub(crate) async fn acquire(self: &Arc<Self>, namespace: &str) -> Option<FairPermit> {
        let (sender, permit) = oneshot::channel();
        let free = self.0.lock().enter(namespace, sender, Instant::now());
        if let Some(sender) = free {
            self.give(namespace.to_owned(), sender);
        }
        permit.await.ok()
    }

    fn give(self: &Arc<Self>, namespace: String, sender: oneshot::Sender<FairPermit>) {
        // A task that stopped waiting just now drops the permit, and so the next one gets it.
        drop(sender.send(FairPermit { of: Arc::clone(self), namespace }));
    }
}

impl Drop for FairPermit {
    fn drop(&mut self) {
        let mut next = self.of.0.lock().leave(&self.namespace, Instant::now());
        while let Some((namespace, sender)) = next {
            if !sender.is_closed() {
                return self.of.give(namespace, sender);
            }
            next = self.of.0.lock().leave(&namespace, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn a_permit_is_handed_on_even_past_a_task_that_is_gone() {
        let permits = FairSemaphore::new(1);
        let first = permits.acquire("a").await.unwrap();
        let mut gone = Box::pin(permits.acquire("b"));
        let mut waiting = Box::pin(permits.acquire("c"));
        assert!((&mut gone).now_or_never().is_none() && (&mut waiting).now_or_never().is_none());
        drop(gone);
        drop(first);
        let second = waiting.now_or_never().flatten().unwrap();
        assert!(permits.acquire("a").now_or_never().is_none(), "there is but one");
        drop(second);
        assert!(permits.acquire("a").now_or_never().is_some());
    }
}
