//! [`Budget`]: how many questions the API server is asked.

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZero;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A number of questions per second, and of those at the same time.
pub(crate) struct Budget {
    rate: DefaultDirectRateLimiter,
    permits: Arc<Semaphore>,
}

impl Budget {
    pub(crate) fn new(per_second: NonZero<u32>, at_once: usize) -> Self {
        Self {
            rate: RateLimiter::direct(Quota::per_second(per_second)),
            permits: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// The permit for one question, until it is dropped; None if there are too many.
    pub(crate) fn take(&self) -> Option<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok()?;
        self.rate.check().ok().map(|()| permit)
    }
}
