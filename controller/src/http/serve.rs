//! `serve`: the router, its limits, and its end.

use super::gate::Gate;
use super::{cert, health, metrics, rotate, verify};
use crate::config::RateLimit;
use crate::keys::SharedRing;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::limit::GlobalConcurrencyLimitLayer;

/// Requests answered at the same time; more wait. All but two paths are answered from memory.
const CONCURRENT_REQUESTS: usize = 64;

/// The largest SealedSecret that etcd takes has 1.5 MiB.
const BODY_LIMIT: usize = 2 << 20;

/// What the handlers may look at.
#[derive(Debug, Default)]
pub struct Served {
    /// The sealing keys.
    pub ring: Arc<SharedRing>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whether the first lists of SealedSecrets and Secrets are complete.
    pub watching: Arc<Readiness>,
}

/// What the handlers that use a private key may look at; each path has its own gate.
pub(super) struct Guarded {
    pub(super) ring: Arc<SharedRing>,
    pub(super) gate: Gate,
}

/// Which of the paths that use a private key are served.
#[derive(Debug, Clone, Copy)]
pub struct Doors {
    /// `/v1/verify`.
    pub verify: bool,
    /// `/v1/rotate`.
    pub rotate: bool,
    /// How often each of them may be asked.
    pub rate: RateLimit,
}

/// Serves until `shutdown`, then lets answers under way finish.
pub async fn serve(
    listener: TcpListener,
    served: Arc<Served>,
    doors: Doors,
    timeout: Duration,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let guarded = || Arc::new(Guarded { ring: Arc::clone(&served.ring), gate: Gate::new(doors.rate) });
    let mut router = Router::new();
    if doors.verify {
        router = router.route("/v1/verify", post(verify::verify).with_state(guarded()));
    }
    if doors.rotate {
        router = router.route("/v1/rotate", post(rotate::rotate).with_state(guarded()));
    }
    let router = router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/v1/cert.pem", get(cert::cert))
        .layer(GlobalConcurrencyLimitLayer::new(CONCURRENT_REQUESTS))
        .layer(from_fn(move |request, next| in_time(timeout, request, next)))
        .route_layer(from_fn_with_state(Arc::clone(&served.metrics), metrics::count))
        .with_state(served);
    axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned()).await
}

/// A request that trickles in, or an answer nobody takes, is cut off.
async fn in_time(timeout: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}
