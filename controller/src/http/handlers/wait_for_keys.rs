//! `wait_for_keys`: a request that needs a sealing key waits until the keys are read and the first one is made.
//!
//! Upstream's controller does not listen before it has them, and its chart takes `/healthz` for readiness: a process that
//! has just started is sent requests that it could only answer wrongly.

use crate::http::state::HttpState;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::time::Duration;

/// Well under the time that clients and the API server's proxy wait for a response.
pub(crate) const LONGEST: Duration = Duration::from_secs(10);

/// The state of the middleware.
#[derive(Clone)]
pub(crate) struct KeysWait {
    pub(crate) state: Arc<HttpState>,
    /// Maximum wait: [`LONGEST`], except in tests.
    pub(crate) longest: Duration,
}

/// Passes the request on, or answers 503 if the keys could not be read in time.
pub(crate) async fn wait_for_keys(State(wait): State<KeysWait>, request: Request, next: Next) -> Response {
    let KeysWait { state, longest } = wait;
    // After the time-out, or at SIGTERM, the keys that are known by then decide.
    let _ = state.ending.run_until_cancelled(tokio::time::timeout(longest, state.ring.settled())).await;
    if !state.ring.is_loaded() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the sealing keys could not be read yet\n").into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests;
