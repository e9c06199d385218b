//! [`Gate`]: how often, and how many at once, requests that use a private key are let in.

use crate::config::RateLimit;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Requests with a private key in use at the same time. Reconciliation shares the cores with them.
const AT_ONCE: usize = 2;

/// Guards one path.
pub(super) struct Gate {
    rate: DefaultDirectRateLimiter,
    at_once: Semaphore,
}

impl Gate {
    pub(super) fn new(limit: RateLimit) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        Self { rate: RateLimiter::direct(quota), at_once: Semaphore::new(AT_ONCE) }
    }

    /// Lets a request in until the permit is dropped, or turns it away (429).
    pub(super) fn enter(&self) -> Option<SemaphorePermit<'_>> {
        self.rate.check().ok()?;
        self.at_once.try_acquire().ok()
    }
}
