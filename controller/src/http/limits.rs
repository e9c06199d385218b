//! [`KeyUseLimit`]: how often, and how many at once, requests that use a private key are admitted.
//!
//! Strangers have a rate, and one permit together. Clients that are authorized have no rate: what bounds them is the number of permits.

use crate::config::http::RateLimit;
use crate::http::authorization::authorizer::{Authorizer, Caller};
use axum::http::HeaderMap;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Number of strangers' requests that use a private key at the same time, on all endpoints together: reconciliation keeps the other processors.
const MAX_STRANGERS: usize = 1;

/// How long a request waits for a permit before it is answered with 429.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The permits that all endpoints share.
#[derive(Clone)]
pub(crate) struct KeyUsePermits {
    strangers: Arc<Semaphore>,
    authorized: Arc<Semaphore>,
}

impl Default for KeyUsePermits {
    /// Authorized clients leave one processor to reconciliation, where there are several.
    fn default() -> Self {
        let cpus = std::thread::available_parallelism().map_or(1, NonZero::get);
        let authorized = Arc::new(Semaphore::new(cpus.saturating_sub(1).max(1)));
        Self { strangers: Arc::new(Semaphore::new(MAX_STRANGERS)), authorized }
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

    /// Admits a request, or returns None: answer 429. The permit belongs to the work, which continues when the client closes the connection.
    pub(crate) async fn admit(&self, headers: &HeaderMap, body: &[u8]) -> Option<OwnedSemaphorePermit> {
        let count = || self.rate.check().is_ok();
        let caller = self.authorizer.caller(headers, body, count).await;
        let permits = match caller {
            Caller::Authorized => &self.permits.authorized,
            Caller::Stranger if !count() => return None,
            Caller::TooMany => return None,
            Caller::Stranger | Caller::NotAccepted => &self.permits.strangers,
        };
        timeout(LONGEST_WAIT, Arc::clone(permits).acquire_owned()).await.ok()?.ok()
    }
}
