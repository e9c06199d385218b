//! [`run`]: reconciles each object when it is triggered, when it has a place, and never twice at the same time.
//!
//! Decided: instead of kube's `Controller`, for two reasons. It sends each trigger through a timer of a millisecond's resolution, which
//! an idle controller would spend most of its time on; and it runs any objects, so that those without a place would be run in vain.

use crate::unseal::queue::action::Action;
use crate::unseal::queue::places::{Entrance, Object, Places};
use futures::{Stream, StreamExt as _};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::time::DelayQueue;
use tokio_util::time::delay_queue::Key;

/// Runs `reconcile` for the objects that `triggers` yields until shutdown, then waits for the reconciliations that have begun. Dropped,
/// those stop where they wait next.
///
/// An object that is triggered while it waits is reconciled once, and one that is triggered while it is reconciled is reconciled once more.
/// `reconcile` returns None for an object that does not exist any more.
///
/// # Panics
///
/// If a reconciliation does.
pub(crate) async fn run<F>(
    triggers: impl Stream<Item = Object>,
    places: &Arc<Places>,
    shutdown: &CancellationToken,
    reconcile: impl Fn(&Object) -> Option<F>,
) where
    F: Future<Output = Action> + Send + 'static,
{
    let mut triggers = pin!(triggers);
    let (entrance, mut called) = places.entrance();
    let mut queue = WorkQueue { entrance, states: HashMap::new(), later: DelayQueue::new() };
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(object) = triggers.next() => queue.add(object),
            Some(due) = queue.later.next() => queue.is_due(due.into_inner()),
            Some(admitted) = called.recv() => match reconcile(&admitted.object) {
                Some(reconciliation) => {
                    queue.begins(&admitted.object);
                    running.spawn(async move { (reconciliation.await, admitted) });
                }
                None => queue.is_gone(&admitted.object),
            },
            Some(ended) = running.join_next() => match ended {
                Ok((action, admitted)) => queue.ended(admitted.object.clone(), action),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            },
        }
    }
    while running.join_next().await.is_some() {}
}

/// The objects of one watch that are reconciled, or will be.
struct WorkQueue {
    entrance: Entrance,
    states: HashMap<Object, State>,
    later: DelayQueue<Object>,
}

#[derive(Debug)]
enum State {
    /// Until its time has come.
    Later(Key),
    /// For a place.
    Waiting,
    Running,
    /// It was triggered meanwhile.
    RunningAndTriggered,
}

impl WorkQueue {
    fn add(&mut self, object: Object) {
        match self.states.get_mut(&object) {
            Some(State::Waiting | State::RunningAndTriggered) => return,
            Some(state @ State::Running) => {
                *state = State::RunningAndTriggered;
                return;
            }
            Some(State::Later(key)) => {
                self.later.try_remove(key);
            }
            None => {}
        }
        self.states.insert(object.clone(), State::Waiting);
        self.entrance.enter(object);
    }

    fn is_due(&mut self, object: Object) {
        self.states.remove(&object);
        self.add(object);
    }

    fn begins(&mut self, object: &Object) {
        self.states.insert(object.clone(), State::Running);
    }

    fn is_gone(&mut self, object: &Object) {
        self.states.remove(object);
    }

    fn ended(&mut self, object: Object, Action { requeue_after }: Action) {
        match (self.states.remove(&object), requeue_after) {
            (Some(State::RunningAndTriggered), _) => self.add(object),
            (_, Some(delay)) => {
                let key = self.later.insert(object.clone(), delay.min(LONGEST));
                self.states.insert(object, State::Later(key));
            }
            (_, None) => {}
        }
    }
}

/// Far longer than any delay; [`DelayQueue`] takes none longer than two years.
const LONGEST: Duration = Duration::from_hours(24 * 365);

#[cfg(test)]
mod tests;
