//! [`Admission`]: how many SealedSecrets are reconciled at the same time, and of which namespaces. [`FairQueue`] decides which is next.
//! One for all watches, so that their number does not matter; each watch has an [`Entrance`].
//!
//! Decided: SealedSecrets wait here and not in kube's `Controller`, which runs any of them, and may run the same ones again and
//! again. To the `Controller`, the reconciliation of one that has to wait is over; it is triggered anew when there is a place for it.

use crate::unseal::queue::fair_queue::FairQueue;
use api::WatchedSealedSecret;
use futures::Stream;
use kube::runtime::reflector::ObjectRef;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

type Object = ObjectRef<WatchedSealedSecret>;

/// SealedSecrets that are reconciled at the same time. Most of that time is spent waiting for the API server.
pub(crate) const PLACES: u16 = 32;

#[derive(Debug)]
pub(crate) struct Admission(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    queue: FairQueue<(Object, Calls)>,
    /// The objects that are not being reconciled, and want to be.
    outside: HashMap<Object, Outside>,
}

/// Where a watch learns which of its objects have a place now.
type Calls = mpsc::UnboundedSender<Object>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outside {
    Waiting,
    /// A place is kept for the object, and its reconciliation is triggered.
    Called,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    admission: Arc<Admission>,
    namespace: String,
}

/// The way of one watch's objects.
#[derive(Debug)]
pub(crate) struct Entrance {
    admission: Arc<Admission>,
    calls: Calls,
}

impl Admission {
    /// With this number of places.
    pub(crate) fn new(places: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inner { queue: FairQueue::new(places), outside: HashMap::new() })))
    }

    /// For one more watch. The stream yields each of its objects that waited and has a place now.
    pub(crate) fn entrance(self: &Arc<Self>) -> (Entrance, impl Stream<Item = Object> + Send + 'static) {
        let (calls, called) = mpsc::unbounded_channel();
        (Entrance { admission: Arc::clone(self), calls }, UnboundedReceiverStream::new(called))
    }
}

impl Entrance {
    /// None if there is no place: the object is called when there is.
    pub(crate) fn enter(&self, object: &Object) -> Option<Admitted> {
        let namespace = object.namespace.clone().unwrap_or_default();
        let mut inner = self.admission.0.lock();
        let may_enter = match inner.outside.get(object) {
            Some(Outside::Waiting) => false,
            Some(Outside::Called) => inner.outside.remove(object).is_some(),
            None => {
                let work = (object.clone(), self.calls.clone());
                inner.queue.enter(&namespace, work, Instant::now()).is_some()
            }
        };
        if !may_enter {
            inner.outside.insert(object.clone(), Outside::Waiting);
            return None;
        }
        drop(inner);
        Some(Admitted { admission: Arc::clone(&self.admission), namespace })
    }

    /// Gives up the place of an object that was called and does not exist any more.
    pub(crate) fn is_gone(&self, name: &str, namespace: &str) {
        let mut inner = self.admission.0.lock();
        let object = Object::new(name).within(namespace);
        if inner.outside.get(&object) == Some(&Outside::Called) {
            inner.outside.remove(&object);
            inner.leave(namespace);
        }
    }
}

impl Inner {
    fn leave(&mut self, namespace: &str) {
        let mut next = self.queue.leave(namespace, Instant::now());
        while let Some((namespace, (object, calls))) = next {
            self.outside.insert(object.clone(), Outside::Called);
            let Err(ended) = calls.send(object) else { return };
            // Its watch has ended.
            self.outside.remove(&ended.0);
            next = self.queue.leave(&namespace, Instant::now());
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.admission.0.lock().leave(&self.namespace);
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
    fn an_object_that_waits_is_called_once_when_it_has_a_place() {
        let (admission, mut calls) = Admission::new(1).entrance();
        let mut called = || calls.next().now_or_never().flatten().map(|object| object.name);
        let first = admission.enter(&object("a", "1")).unwrap();
        for name in ["2", "3", "2"] {
            assert!(admission.enter(&object("a", name)).is_none());
        }
        assert_eq!(called(), None);
        drop(first);
        assert_eq!(called().as_deref(), Some("2"));
        assert!(
            admission.enter(&object("b", "1")).is_none(),
            "the place is kept for the object that was called"
        );
        drop(admission.enter(&object("a", "2")).unwrap());
        assert_eq!(called().as_deref(), Some("1"), "of the namespace that had none yet");
        // It was deleted meanwhile.
        admission.is_gone("1", "b");
        assert_eq!(called().as_deref(), Some("3"));
        admission.is_gone("9", "a");
        assert_eq!(called(), None, "an object that was not called has no place to give up");
        drop(admission.enter(&object("a", "3")).unwrap());
        assert_eq!(called(), None);
        assert!(admission.enter(&object("a", "2")).is_some(), "all others have been admitted");
    }

    #[test]
    fn watches_share_the_places_and_each_hears_of_its_own_objects() {
        let admission = Admission::new(1);
        let (one, mut called_of_one) = admission.entrance();
        let (other, mut called_of_other) = admission.entrance();
        let first = one.enter(&object("a", "1")).unwrap();
        assert!(other.enter(&object("b", "1")).is_none(), "the only place is taken");
        assert!(one.enter(&object("a", "2")).is_none());
        drop(first);
        assert_eq!(called_of_other.next().now_or_never().flatten(), Some(object("b", "1")));
        assert!(called_of_one.next().now_or_never().is_none());
        // A watch that has ended keeps no place.
        let second = other.enter(&object("b", "1")).unwrap();
        assert!(other.enter(&object("b", "2")).is_none());
        drop((other, called_of_other));
        drop(second);
        let third = called_of_one.next().now_or_never().flatten().unwrap();
        drop(one.enter(&third).unwrap());
        assert!(one.enter(&object("a", "3")).is_some(), "the place of the other watch is free");
    }
}
