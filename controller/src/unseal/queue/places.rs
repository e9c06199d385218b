//! [`Places`]: how many SealedSecrets are reconciled at the same time, and of which namespaces. [`FairQueue`] decides which is next.
//! One for all watches, so that their number does not matter; each watch has an [`Entrance`].

use crate::unseal::queue::fair_queue::{Due, FairQueue};
use api::WatchedSealedSecret;
use kube::runtime::reflector::ObjectRef;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;

pub(crate) type Object = ObjectRef<WatchedSealedSecret>;

/// SealedSecrets that are reconciled at the same time. Most of that time is spent waiting for the API server.
const PLACES: usize = 40;

/// Those of them that only a namespace without any may take.
const KEPT: usize = 8;

#[derive(Debug)]
pub(crate) struct Places(Mutex<FairQueue<(Object, Calls)>>);

/// Where a watch learns which of its objects have a place now.
type Calls = mpsc::UnboundedSender<Admitted>;

/// An object that has a place, until this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub object: Object,
    places: Arc<Places>,
}

/// The way of one watch's objects.
#[derive(Debug)]
pub(crate) struct Entrance {
    places: Arc<Places>,
    calls: Calls,
}

impl Places {
    pub(crate) fn new() -> Arc<Self> {
        Self::with(PLACES, KEPT)
    }

    fn with(places: usize, kept: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(FairQueue::new(places, kept))))
    }

    /// For one more watch. The receiver yields each of its objects that entered and has a place now.
    pub(crate) fn entrance(self: &Arc<Self>) -> (Entrance, mpsc::UnboundedReceiver<Admitted>) {
        let (calls, called) = mpsc::unbounded_channel();
        (Entrance { places: Arc::clone(self), calls }, called)
    }

    fn leave(self: &Arc<Self>, namespace: &str) {
        let due = self.0.lock().leave(namespace, Instant::now());
        self.call(due);
    }

    fn call(self: &Arc<Self>, mut due: Due<(Object, Calls)>) {
        while let Some((namespace, (object, calls))) = due.pop_front() {
            // Its watch has ended. Not by dropping what has the place, which would nest as deep as there are such objects.
            if calls.is_closed() {
                let mut queue = self.0.lock();
                queue.retain_waiting(|(_, calls)| !calls.is_closed());
                due.extend(queue.leave(&namespace, Instant::now()));
                continue;
            }
            // If the watch ends just now, the answer has the object with its place, and gives that up.
            drop(calls.send(Admitted { object, places: Arc::clone(self) }));
        }
    }
}

impl Entrance {
    /// Lets an object wait for a place. Each entry is called once.
    pub(crate) fn enter(&self, object: Object) {
        let namespace = object.namespace.clone().unwrap_or_default();
        let work = (object, self.calls.clone());
        let due = self.places.0.lock().enter(&namespace, work, Instant::now());
        self.places.call(due);
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.places.leave(self.object.namespace.as_deref().unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(namespace: &str, name: &str) -> Object {
        Object::new(name).within(namespace)
    }

    fn names(admitted: &[Admitted]) -> Vec<&str> {
        admitted.iter().map(|admitted| admitted.object.name.as_str()).collect()
    }

    fn drain(called: &mut mpsc::UnboundedReceiver<Admitted>) -> Vec<Admitted> {
        std::iter::from_fn(|| called.try_recv().ok()).collect()
    }

    #[test]
    fn watches_share_the_places_and_each_hears_of_its_own_objects() {
        let places = Places::with(1, 0);
        let (one, mut called_of_one) = places.entrance();
        let (other, mut called_of_other) = places.entrance();
        one.enter(object("a", "1"));
        other.enter(object("b", "2"));
        one.enter(object("a", "3"));
        let first = drain(&mut called_of_one);
        assert_eq!(names(&first), ["1"], "there is one place");
        drop(first);
        let second = drain(&mut called_of_other);
        assert_eq!((names(&second), drain(&mut called_of_one).len()), (vec!["2"], 0));
        drop(second);
        assert_eq!(names(&drain(&mut called_of_one)), ["3"]);
    }

    #[test]
    fn a_watch_that_has_ended_keeps_no_place() {
        let places = Places::with(2, 0);
        let (ended, called_of_ended) = places.entrance();
        let (other, mut called) = places.entrance();
        for number in 0..100_000 {
            ended.enter(object("a", &number.to_string()));
        }
        other.enter(object("b", "1"));
        other.enter(object("b", "2"));
        assert_eq!(drain(&mut called).len(), 0);
        // Two have been called, the others wait.
        drop(called_of_ended);
        assert_eq!(names(&drain(&mut called)), ["1", "2"]);
    }

    /// Such as one whose webhook does not answer.
    #[test]
    fn a_namespace_whose_objects_never_leave_does_not_hold_up_others() {
        let places = Places::with(4, 1);
        let (entrance, mut called) = places.entrance();
        for number in 0..10 {
            entrance.enter(object("hangs", &number.to_string()));
        }
        let hangs = drain(&mut called);
        assert_eq!(hangs.len(), 3);
        for number in 0..100 {
            entrance.enter(object("works", &number.to_string()));
        }
        let mut done = 0;
        while let Ok(admitted) = called.try_recv() {
            assert_eq!(admitted.object.namespace.as_deref(), Some("works"));
            done += 1;
        }
        assert_eq!(done, 100);
    }
}
