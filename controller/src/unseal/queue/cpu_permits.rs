//! [`FairSemaphore`]: a semaphore whose permits are shared fairly among the namespaces, as [`FairQueue`] decides.

use crate::unseal::queue::fair_queue::{Due, FairQueue};
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
    /// `kept` of them are for namespaces that have none.
    pub(crate) fn new(count: usize, kept: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(FairQueue::new(count, kept))))
    }

    pub(crate) async fn acquire(self: &Arc<Self>, namespace: &str) -> Option<FairPermit> {
        let (sender, permit) = oneshot::channel();
        let due = self.0.lock().enter(namespace, sender, Instant::now());
        self.give(due);
        permit.await.ok()
    }

    fn give(self: &Arc<Self>, mut due: Due<oneshot::Sender<FairPermit>>) {
        while let Some((namespace, sender)) = due.pop_front() {
            // Not by dropping its permit, which would nest as deep as there are such tasks.
            if sender.is_closed() {
                due.extend(self.0.lock().leave(&namespace, Instant::now()));
                continue;
            }
            // A task that stopped waiting just now drops the permit, and so the next one gets it.
            drop(sender.send(FairPermit { of: Arc::clone(self), namespace }));
        }
    }
}

impl Drop for FairPermit {
    fn drop(&mut self) {
        let due = self.of.0.lock().leave(&self.namespace, Instant::now());
        self.of.give(due);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn a_permit_is_handed_on_even_past_a_task_that_is_gone() {
        let permits = FairSemaphore::new(1, 0);
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
