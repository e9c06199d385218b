//! [`KeyUseLimit`]: how often, and how many at once, requests that use a private key are admitted.
//!
//! Strangers have a rate, and one permit at a time. Clients that are authorized have no rate: what bounds them is the number of permits.

use crate::config::http::RateLimit;
use crate::http::authorization::authorizer::{Authorizer, Caller};
use crate::http::server::body_limit::AT_ONCE;
use axum::http::HeaderMap;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Number of strangers' requests that use a private key at the same time, on all endpoints together.
const MAX_STRANGERS: usize = 1;

/// Number of requests that wait at the same time and are not known to be authorized, on all endpoints together. Each holds one of the
/// bodies of [`BodyLimit`](crate::http::server::body_limit::BodyLimit), of which the others are left to clients with a known token.
const MAX_UNDECIDED: usize = AT_ONCE / 2;

/// How long a request waits for a permit before it is answered with 429.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The permits that all endpoints share.
#[derive(Clone)]
pub(crate) struct KeyUsePermits {
    all: Arc<Semaphore>,
    /// A stranger's request takes one of these, and then one of all.
    strangers: Arc<Semaphore>,
    undecided: Arc<Semaphore>,
}

/// It belongs to the work, which continues when the client closes the connection.
#[derive(Debug)]
pub(crate) struct KeyUsePermit {
    _any: OwnedSemaphorePermit,
    _stranger: Option<OwnedSemaphorePermit>,
}

impl Default for KeyUsePermits {
    fn default() -> Self {
        Self::of_cpus(std::thread::available_parallelism().map_or(1, NonZero::get))
    }
}

impl KeyUsePermits {
    /// One processor is left to reconciliation, where there are several.
    fn of_cpus(cpus: usize) -> Self {
        let permits = |number| Arc::new(Semaphore::new(number));
        let all = permits(cpus.saturating_sub(1).max(1));
        Self { all, strangers: permits(MAX_STRANGERS), undecided: permits(MAX_UNDECIDED) }
    }

    async fn acquire(&self, is_stranger: bool) -> Option<KeyUsePermit> {
        let acquired = async {
            let stranger = if is_stranger {
                Some(Arc::clone(&self.strangers).acquire_owned().await.ok()?)
            } else {
                None
            };
            Some(KeyUsePermit {
                _any: Arc::clone(&self.all).acquire_owned().await.ok()?,
                _stranger: stranger,
            })
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
        if self.authorizer.remembers(headers, body) {
            return self.permits.acquire(false).await;
        }
        let _undecided = self.permits.undecided.try_acquire().ok()?;
        let count = || self.rate.check().is_ok();
        match self.authorizer.caller(headers, body, count).await {
            Caller::Authorized => self.permits.acquire(false).await,
            Caller::Stranger if !count() => None,
            Caller::TooMany => None,
            Caller::Stranger | Caller::NotAccepted => self.permits.acquire(true).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::test_server::silent;
    use api::reseal_token::HEADER;
    use futures::FutureExt;

    fn limit(cpus: usize) -> KeyUseLimit {
        let many = NonZero::new(1000).unwrap();
        let authorizer = Arc::new(Authorizer::new(silent()));
        KeyUseLimit::new(
            RateLimit { per_second: many, burst: many },
            &KeyUsePermits::of_cpus(cpus),
            &authorizer,
        )
    }

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

    /// Strangers wait with at most half of the bodies, while the API server does not answer.
    #[tokio::test]
    async fn junk_tokens_leave_room_for_others() {
        let limit = limit(2);
        let junk = |number: usize| -> HeaderMap {
            [(HEADER.parse().unwrap(), format!("junk-{number}").parse().unwrap())].into_iter().collect()
        };
        let headers: Vec<_> = (0..20).map(junk).collect();
        let mut requests: Vec<_> =
            headers.iter().map(|headers| Box::pin(limit.admit(headers, b"{}"))).collect();
        let refused = requests.iter_mut().filter_map(FutureExt::now_or_never).filter(Option::is_none);
        assert_eq!(refused.count(), 20 - AT_ONCE / 2);
    }
}
