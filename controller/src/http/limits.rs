//! [`KeyUseLimit`]: how often, and how many at once, requests that use a private key are admitted.
//!
//! Strangers have a rate, and one permit at a time, which they hand on between two operations with a private key. Clients that are
//! authorized have no rate: what bounds them is the number of permits.

use crate::config::http::RateLimit;
use crate::http::authorization::authorizer::Authorizer;
use axum::http::HeaderMap;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use parking_lot::Mutex;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Number of strangers' requests that use a private key at the same time, on all endpoints together.
const MAX_STRANGERS: usize = 1;

/// How long a request waits for a permit before it is answered with 429.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The permits that all endpoints share.
#[derive(Clone)]
pub(crate) struct KeyUsePermits {
    all: Arc<Semaphore>,
    /// A stranger's request takes one of these, and then one of all.
    strangers: Arc<Semaphore>,
}

/// It belongs to the work, which continues when the client closes the connection.
#[derive(Debug)]
pub(crate) struct KeyUsePermit {
    all: Arc<Semaphore>,
    held: Mutex<Option<OwnedSemaphorePermit>>,
    stranger: Option<OwnedSemaphorePermit>,
}

impl KeyUsePermit {
    /// A stranger's work lets those go first that wait for a permit: where there is one for all, an authorized client waits for one
    /// operation of a stranger's, not for all of its items. Must be called on a thread that may block.
    pub(crate) fn give_way(&self) {
        if self.stranger.is_some() {
            let mut held = self.held.lock();
            held.take();
            // They are handed out in the order in which they are asked for.
            *held = Handle::current().block_on(Arc::clone(&self.all).acquire_owned()).ok();
        }
    }
}

impl Default for KeyUsePermits {
    fn default() -> Self {
        Self::of_cpus(std::thread::available_parallelism().map_or(1, NonZero::get))
    }
}

impl KeyUsePermits {
    /// One processor is left to reconciliation, where there are several. Where there is one, requests have one thread, so that the
    /// system gives reconciliation half of it.
    fn of_cpus(cpus: usize) -> Self {
        let permits = |number| Arc::new(Semaphore::new(number));
        Self { all: permits(cpus.saturating_sub(1).max(1)), strangers: permits(MAX_STRANGERS) }
    }

    async fn acquire(&self, is_stranger: bool) -> Option<KeyUsePermit> {
        let acquired = async {
            let stranger = if is_stranger {
                Some(Arc::clone(&self.strangers).acquire_owned().await.ok()?)
            } else {
                None
            };
            let held = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(KeyUsePermit { all: Arc::clone(&self.all), held: Mutex::new(Some(held)), stranger })
        };
        timeout(LONGEST_WAIT, acquired).await.ok()?
    }
}

/// The limit of one endpoint.
pub(crate) struct KeyUseLimit {
    rate: DefaultDirectRateLimiter,
    permits: KeyUsePermits,
    authorizer: Arc<Authorizer>,
}

impl KeyUseLimit {
    /// A limit with its own rate.
    pub(crate) fn new(limit: RateLimit, permits: &KeyUsePermits, authorizer: &Arc<Authorizer>) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        let (permits, authorizer) = (permits.clone(), Arc::clone(authorizer));
        Self { rate: RateLimiter::direct(quota), permits, authorizer }
    }

    /// Admits a request, or returns None: answer 429.
    pub(crate) async fn admit(&self, headers: &HeaderMap, body: &[u8]) -> Option<KeyUsePermit> {
        let is_stranger = !self.authorizer.passes(headers, body).await;
        if is_stranger && self.rate.check().is_err() {
            return None;
        }
        self.permits.acquire(is_stranger).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[tokio::test]
    async fn one_processor_is_left_to_reconciliation() {
        for (cpus, expected) in [(1, 1), (2, 1), (3, 2), (8, 7)] {
            let permits = KeyUsePermits::of_cpus(cpus);
            let acquire = |is_stranger| permits.acquire(is_stranger).now_or_never().flatten();
            let mut held = vec![acquire(true).unwrap()];
            held.extend(std::iter::from_fn(|| acquire(false)));
            assert_eq!(held.len(), expected, "{cpus} processors");
            // There is one permit for strangers, whatever is free.
            held.truncate(1);
            assert!(acquire(true).is_none(), "{cpus} processors");
        }
    }

    /// A stranger's work on one processor ends when this test says so: an authorized client has its turn before.
    #[tokio::test]
    async fn an_authorized_client_waits_for_one_operation_of_a_stranger() {
        let permits = KeyUsePermits::of_cpus(1);
        let stranger = permits.acquire(true).await.unwrap();
        let operations = Arc::new((AtomicU64::new(0), AtomicU64::new(u64::MAX)));
        let counted = Arc::clone(&operations);
        let work = tokio::task::spawn_blocking(move || {
            while counted.0.fetch_add(1, Ordering::SeqCst) < counted.1.load(Ordering::SeqCst) {
                stranger.give_way();
            }
        });
        let mut turns = 0;
        for _ in 0..100 {
            let Some(turn) = permits.acquire(false).await else { break };
            // Meanwhile, the stranger's work waits.
            let before = operations.0.load(Ordering::SeqCst);
            tokio::task::yield_now().await;
            turns += u32::from(operations.0.load(Ordering::SeqCst) == before);
            // An authorized client's work does not give way.
            turn.give_way();
        }
        operations.1.store(0, Ordering::SeqCst);
        work.await.unwrap();
        assert_eq!(turns, 100, "429, because a stranger's work goes on");
        assert!(permits.acquire(true).await.is_some());
    }
}
