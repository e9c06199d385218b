//! [`KeyUseLimit`]: how often, and how many at once, requests that use a private key are admitted.

use crate::config::http::RateLimit;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Number of requests that use a private key at the same time, on all endpoints together: reconciliation keeps the other processors.
const MAX_CONCURRENT: usize = 1;

/// How long a request waits for a permit before it is answered with 429.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

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

    /// Admits a request, or returns None: answer 429. The permit belongs to the work, which continues when the client
    /// closes the connection.
    pub(crate) async fn admit(&self) -> Option<OwnedSemaphorePermit> {
        self.rate.check().ok()?;
        timeout(LONGEST_WAIT, Arc::clone(&self.concurrency).acquire_owned()).await.ok()?.ok()
    }
}
