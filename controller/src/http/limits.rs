//! [`KeyUseLimit`]: how often, and how many at once, requests that use a private key are admitted.

use crate::config::http::RateLimit;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Number of requests that use a private key at the same time, on all endpoints together: reconciliation keeps the other processors.
const MAX_CONCURRENT: usize = 1;

/// How often a request tries to get a permit before it is answered with 429.
const TRIES: u32 = 20;

/// Time between two tries.
const TRY_INTERVAL: std::time::Duration = std::time::Duration::from_millis(100);

/// The limit of one endpoint.
pub(crate) struct KeyUseLimit {
    rate: DefaultDirectRateLimiter,
    concurrency: Arc<Semaphore>,
}

impl KeyUseLimit {
    /// A limit with its own rate; `concurrency` is shared by all endpoints.
    pub(crate) fn new(limit: RateLimit, concurrency: &Arc<Semaphore>) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        Self { rate: RateLimiter::direct(quota), concurrency: Arc::clone(concurrency) }
    }

    /// The semaphore that all endpoints share.
    pub(crate) fn shared_concurrency() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(MAX_CONCURRENT))
    }

    /// Admits a request, or returns None: answer 429. The permit belongs to the work, which goes on when the client hangs up.
    pub(crate) async fn admit(&self) -> Option<OwnedSemaphorePermit> {
        self.rate.check().ok()?;
        for _ in 0..TRIES {
            if let Ok(permit) = Arc::clone(&self.concurrency).try_acquire_owned() {
                return Some(permit);
            }
            tokio::time::sleep(TRY_INTERVAL).await;
        }
        None
    }
}
