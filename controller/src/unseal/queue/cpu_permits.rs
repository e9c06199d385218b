//! [`FairPermits`]: a semaphore whose permits go to the namespaces in turn. [`Turns`] says whose turn it is.

use crate::unseal::queue::fair_queue::Turns;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::oneshot;

/// A number of permits, shared fairly among the namespaces.
#[derive(Debug)]
pub(crate) struct FairPermits(Mutex<Turns<oneshot::Sender<FairPermit>>>);

/// One permit, until it is dropped.
#[derive(Debug)]
pub(crate) struct FairPermit {
    of: Arc<FairPermits>,
    namespace: String,
}

impl FairPermits {
    /// With this number of permits.
    pub(crate) fn new(count: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Turns::new(count))))
    }

    /// Waits for the namespace's turn.
    pub(crate) async fn take(self: &Arc<Self>, namespace: &str) -> Option<FairPermit> {
        let (turn, permit) = oneshot::channel();
        let at_once = self.turns().come(namespace, turn, Instant::now());
        if let Some(turn) = at_once {
            self.give(namespace.to_owned(), turn);
        }
        permit.await.ok()
    }

    fn give(self: &Arc<Self>, namespace: String, turn: oneshot::Sender<FairPermit>) {
        // A task that stopped waiting just now drops it, and so it goes to the next one.
        drop(turn.send(FairPermit { of: Arc::clone(self), namespace }));
    }

    fn turns(&self) -> MutexGuard<'_, Turns<oneshot::Sender<FairPermit>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FairPermit {
    fn drop(&mut self) {
        let mut next = self.of.turns().leave(&self.namespace, Instant::now());
        while let Some((namespace, turn)) = next {
            if !turn.is_closed() {
                return self.of.give(namespace, turn);
            }
            next = self.of.turns().leave(&namespace, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn a_permit_is_handed_on_even_past_who_has_gone() {
        let permits = FairPermits::new(1);
        let first = permits.take("a").await.unwrap();
        let mut gone = Box::pin(permits.take("b"));
        let mut waiting = Box::pin(permits.take("c"));
        assert!((&mut gone).now_or_never().is_none() && (&mut waiting).now_or_never().is_none());
        drop(gone);
        drop(first);
        let second = waiting.now_or_never().flatten().unwrap();
        assert!(permits.take("a").now_or_never().is_none(), "there is but one");
        drop(second);
        assert!(permits.take("a").now_or_never().is_some());
    }
}
