//! What asks for a key waits for the keys to be read, and for the first one to be made.
//!
//! Upstream's controller does not listen before it has them, and its chart takes `/healthz` for readiness: a process that
//! has just started is sent requests that it could only answer wrongly.

use crate::http::router::Served;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Well under what clients and the API server's proxy wait for an answer.
pub(crate) const LONGEST: Duration = Duration::from_secs(10);

/// What a request waits with.
#[derive(Clone)]
pub(crate) struct Awaited {
    pub(crate) served: Arc<Served>,
    /// For so long at the most: [`LONGEST`], but in tests.
    pub(crate) longest: Duration,
    /// Ends the wait too.
    pub(crate) shutdown: CancellationToken,
}

/// Lets the request on, or answers 503 where the keys could not be read in time.
pub(crate) async fn until_keys(State(awaited): State<Awaited>, request: Request, next: Next) -> Response {
    let Awaited { served, longest, shutdown } = awaited;
    // Out of time, out of luck: what is known then decides.
    let _ = shutdown.run_until_cancelled(tokio::time::timeout(longest, served.ring.settled())).await;
    if !served.ring.is_loaded() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the sealing keys could not be read yet\n").into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests;
