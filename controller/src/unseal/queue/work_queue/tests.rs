//! Triggers while an object waits, is reconciled, or is due later.

use super::*;
use futures::channel::mpsc;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Semaphore;

fn object(name: &str) -> Object {
    Object::new(name).within("ns")
}

/// Reconciliations that end when they are let go, and what was reconciled.
struct Bench {
    triggers: mpsc::UnboundedSender<Object>,
    begun: Arc<Mutex<Vec<String>>>,
    ends: Arc<Semaphore>,
    shutdown: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl Bench {
    /// `next` is what follows the reconciliation of an object by this name.
    fn start(next: impl Fn(&str) -> Option<Action> + Send + Sync + 'static) -> Self {
        let (triggers, receiver) = mpsc::unbounded();
        let (begun, ends) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(Semaphore::new(0)));
        let shutdown = CancellationToken::new();
        let (noted, let_go, token) = (Arc::clone(&begun), Arc::clone(&ends), shutdown.clone());
        let running = tokio::spawn(async move {
            run(receiver, &Places::new(), &token, |object| {
                let action = next(&object.name)?;
                noted.lock().push(object.name.clone());
                let let_go = Arc::clone(&let_go);
                Some(async move {
                    let_go.acquire().await.unwrap().forget();
                    action
                })
            })
            .await;
        });
        Self { triggers, begun, ends, shutdown, running }
    }

    fn trigger(&self, names: &[&str]) {
        for name in names {
            self.triggers.unbounded_send(object(name)).unwrap();
        }
    }

    async fn until_begun(&self, count: usize) -> Vec<String> {
        until(|| self.begun.lock().len() >= count).await;
        self.begun.lock().clone()
    }
}

async fn until(done: impl Fn() -> bool) {
    let waiting = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap();
}

/// Lets all other tasks run until they wait.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_object_is_reconciled_once_at_a_time_and_once_more_if_it_was_triggered_meanwhile() {
    let bench = Bench::start(|_| Some(Action::await_change()));
    bench.trigger(&["a", "b"]);
    assert_eq!(bench.until_begun(2).await, ["a", "b"]);
    bench.trigger(&["a", "a", "a", "c"]);
    assert_eq!(bench.until_begun(3).await, ["a", "b", "c"], "a is being reconciled");
    bench.ends.add_permits(3);
    assert_eq!(bench.until_begun(4).await, ["a", "b", "c", "a"]);
    bench.ends.add_permits(1);
    until(|| bench.ends.available_permits() == 0).await;
    settle().await;
    assert_eq!(bench.begun.lock().len(), 4);
}

#[tokio::test]
async fn what_is_due_later_is_reconciled_then_or_when_it_is_triggered_before() {
    let soon = Duration::from_millis(20);
    let bench = Bench::start(move |name| {
        Some(if name == "soon" { Action::requeue(soon) } else { Action::requeue(Duration::MAX) })
    });
    bench.ends.add_permits(4);
    bench.trigger(&["later", "soon"]);
    let begun = bench.until_begun(3).await;
    assert_eq!(begun.iter().filter(|name| *name == "soon").count(), 2, "{begun:?}");
    bench.trigger(&["later"]);
    until(|| bench.begun.lock().iter().filter(|name| *name == "later").count() == 2).await;
}

#[tokio::test]
async fn an_object_that_is_gone_holds_no_place_and_may_come_back() {
    let there = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&there);
    let bench = Bench::start(move |_| seen.load(Ordering::SeqCst).then(Action::await_change));
    let names: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    bench.trigger(&names);
    settle().await;
    there.store(true, Ordering::SeqCst);
    bench.ends.add_permits(100);
    bench.trigger(&names);
    bench.until_begun(100).await;
}

#[tokio::test]
async fn a_shutdown_waits_for_what_has_begun_and_begins_nothing_more() {
    let bench = Bench::start(|_| Some(Action::await_change()));
    bench.trigger(&["a"]);
    bench.until_begun(1).await;
    bench.shutdown.cancel();
    settle().await;
    bench.trigger(&["b"]);
    settle().await;
    assert!(!bench.running.is_finished());
    bench.ends.add_permits(1);
    tokio::time::timeout(Duration::from_mins(1), bench.running).await.unwrap().unwrap();
    assert_eq!(*bench.begun.lock(), ["a"]);
}
