//! [`RateLimit`]: how many requests may be sent in a length of time, by `--kubeclient-qps` and `--kubeclient-burst`.

use crate::config::watch::ClientLimit;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tokio::sync::Mutex;
use tower::limit::RateLimit as Limited;
use tower::limit::rate::Rate;
use tower::{Service, ServiceExt as _};

/// Shared by all requests, which wait in the order in which they came.
#[derive(Debug)]
pub(crate) struct RateLimit(Mutex<Limited<Permission>>);

/// Does nothing: it is what tower's rate limit limits.
#[derive(Debug)]
struct Permission;

impl RateLimit {
    pub(crate) fn new(limit: ClientLimit) -> Self {
        Self(Mutex::new(Limited::new(Permission, Rate::new(limit.requests.into(), limit.per))))
    }

    /// Waits until one more request may be sent.
    pub(crate) async fn wait(&self) {
        let mut limited = self.0.lock().await;
        let Ok(ready) = limited.ready().await;
        let Ok(()) = ready.call(()).await;
    }
}

impl Service<()> for Permission {
    type Response = ();
    type Error = std::convert::Infallible;
    type Future = Ready<Result<(), Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Ok(()))
    }
}
