//! [`Cores`]: opening takes a core, and there are only so many. [`Turns`] says whose turn it is.

use super::turns::Turns;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::oneshot;

/// As many turns at the same time as there are cores, shared fairly among the namespaces.
#[derive(Debug)]
pub struct Cores(Mutex<Turns<oneshot::Sender<Core>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct Core {
    of: Arc<Cores>,
    namespace: String,
}

impl Cores {
    /// So many.
    pub fn new(count: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Turns::new(count))))
    }

    /// Waits for the namespace's turn.
    pub(crate) async fn take(self: &Arc<Self>, namespace: &str) -> Option<Core> {
        let (turn, core) = oneshot::channel();
        let at_once = self.turns().come(namespace, turn, Instant::now());
        if let Some(turn) = at_once {
            self.give(namespace.to_owned(), turn);
        }
        core.await.ok()
    }

    fn give(self: &Arc<Self>, namespace: String, turn: oneshot::Sender<Core>) {
        // A task that stopped waiting just now drops it, and so it goes to the next one.
        drop(turn.send(Core { of: Arc::clone(self), namespace }));
    }

    fn turns(&self) -> MutexGuard<'_, Turns<oneshot::Sender<Core>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Core {
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
    async fn a_core_is_handed_on_even_past_who_has_gone() {
        let cores = Cores::new(1);
        let first = cores.take("a").await.unwrap();
        let mut gone = Box::pin(cores.take("b"));
        let mut waiting = Box::pin(cores.take("c"));
        assert!((&mut gone).now_or_never().is_none() && (&mut waiting).now_or_never().is_none());
        drop(gone);
        drop(first);
        let second = waiting.now_or_never().flatten().unwrap();
        assert!(cores.take("a").now_or_never().is_none(), "there is but one");
        drop(second);
        assert!(cores.take("a").now_or_never().is_some());
    }
}
