//! [`Gate`]: how often, and how many at once, requests that use a private key are let in.

use crate::config::http::RateLimit;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests with a private key in use at the same time, on all paths together: reconciliation keeps the other cores.
const AT_ONCE: usize = 1;

/// How long a request that may come in waits for the one before it, in looks of [`LOOK`].
const LOOKS: u32 = 20;

/// Between two looks.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);

/// Guards one path.
pub(crate) struct Gate {
    rate: DefaultDirectRateLimiter,
    at_once: Arc<Semaphore>,
}

impl Gate {
    /// A gate with its own rate, before what all gates guard together.
    pub(crate) fn new(limit: RateLimit, at_once: &Arc<Semaphore>) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.at_once);
        Self { rate: RateLimiter::direct(quota), at_once: Arc::clone(at_once) }
    }

    /// What all gates guard together.
    pub(crate) fn at_once() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(AT_ONCE))
    }

    /// Lets a request in, or turns it away (429). The permit goes with the work, which a client that hangs up does not
    /// end.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        self.rate.check().ok()?;
        for _ in 0..LOOKS {
            if let Ok(permit) = Arc::clone(&self.at_once).try_acquire_owned() {
                return Some(permit);
            }
            tokio::time::sleep(LOOK).await;
        }
        None
    }
}
