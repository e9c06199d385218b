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
        self.give(namespace, at_once);
        core.await.ok()
    }

    /// Whoever does not wait any more drops what it is given, and so it goes to the next one.
    fn give(self: &Arc<Self>, namespace: &str, turn: Option<oneshot::Sender<Core>>) {
        if let Some(turn) = turn {
            drop(turn.send(Core { of: Arc::clone(self), namespace: namespace.to_owned() }));
        }
    }

    fn turns(&self) -> MutexGuard<'_, Turns<oneshot::Sender<Core>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let next = self.of.turns().leave(&self.namespace, Instant::now());
        if let Some((namespace, turn)) = next {
            self.of.give(&namespace, Some(turn));
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
