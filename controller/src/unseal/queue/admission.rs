//! [`Door`]: how many SealedSecrets are in hand at the same time, and whose. [`Turns`] says who is let in next.
//!
//! Decided: SealedSecrets wait here and not in kube's `Controller`, which lets in any of them, and may let in the same ones
//! again and again. It is told that they are done, and called for them again when their turn has come.

use crate::unseal::queue::fair_queue::Turns;
use api::WatchedSealedSecret;
use futures::Stream;
use kube::runtime::reflector::ObjectRef;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

type Object = ObjectRef<WatchedSealedSecret>;

/// Lets SealedSecrets in.
#[derive(Debug)]
pub(crate) struct Door(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    turns: Turns<Object>,
    outside: HashMap<Object, Outside>,
    calls: mpsc::UnboundedSender<Object>,
}

/// Where one is that is not in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outside {
    Waiting,
    /// It has a place, and was called to take it.
    Called,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct InHand {
    door: Arc<Door>,
    namespace: String,
}

impl Door {
    /// For so many at the same time; and who is called, who then has to come.
    pub(crate) fn new(places: usize) -> (Arc<Self>, impl Stream<Item = Object> + Send + 'static) {
        let (calls, called) = mpsc::unbounded_channel();
        let inner = Inner { turns: Turns::new(places), outside: HashMap::new(), calls };
        (Arc::new(Self(Mutex::new(inner))), UnboundedReceiverStream::new(called))
    }

    /// None if it is not its turn: it is called when it is.
    pub(crate) fn enter(self: &Arc<Self>, object: &Object) -> Option<InHand> {
        let namespace = object.namespace.clone().unwrap_or_default();
        let mut inner = self.inner();
        let may_enter = match inner.outside.get(object) {
            Some(Outside::Waiting) => false,
            Some(Outside::Called) => inner.outside.remove(object).is_some(),
            None => inner.turns.come(&namespace, object.clone(), Instant::now()).is_some(),
        };
        if !may_enter {
            inner.outside.insert(object.clone(), Outside::Waiting);
            return None;
        }
        drop(inner);
        Some(InHand { door: Arc::clone(self), namespace })
    }

    /// It does not exist any more: if it was called, it does not come.
    pub(crate) fn is_gone(&self, name: &str, namespace: &str) {
        let mut inner = self.inner();
        let object = Object::new(name).within(namespace);
        if inner.outside.get(&object) == Some(&Outside::Called) {
            inner.outside.remove(&object);
            inner.leave(namespace);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn leave(&mut self, namespace: &str) {
        if let Some((_, next)) = self.turns.leave(namespace, Instant::now()) {
            self.outside.insert(next.clone(), Outside::Called);
            // At the end the channel is closed, and no other object is let in.
            let _ = self.calls.send(next);
        }
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.door.inner().leave(&self.namespace);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, StreamExt as _};

    fn object(namespace: &str, name: &str) -> Object {
        Object::new(name).within(namespace)
    }

    #[test]
    fn who_has_to_wait_is_called_once_when_its_turn_has_come() {
        let (door, mut calls) = Door::new(1);
        let mut called = || calls.next().now_or_never().flatten().map(|object| object.name);
        let first = door.enter(&object("a", "1")).unwrap();
        for name in ["2", "3", "2"] {
            assert!(door.enter(&object("a", name)).is_none());
        }
        assert_eq!(called(), None);
        drop(first);
        assert_eq!(called().as_deref(), Some("2"));
        assert!(door.enter(&object("b", "1")).is_none(), "the place is kept for who was called");
        drop(door.enter(&object("a", "2")).unwrap());
        assert_eq!(called().as_deref(), Some("1"), "of the namespace that had none yet");
        // It was deleted meanwhile.
        door.is_gone("1", "b");
        assert_eq!(called().as_deref(), Some("3"));
        door.is_gone("9", "a");
        assert_eq!(called(), None, "who was not called has no place to give up");
        drop(door.enter(&object("a", "3")).unwrap());
        assert_eq!(called(), None);
        assert!(door.enter(&object("a", "2")).is_some(), "all have had their turn");
    }
}
