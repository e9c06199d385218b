//! `serve`: the router, its limits, and its end.

use super::{cert, health};
use crate::keys::SharedRing;
use axum::Router;
use axum::routing::get;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::limit::GlobalConcurrencyLimitLayer;

/// Requests answered at the same time; more wait. Each is answered from memory.
const CONCURRENT_REQUESTS: usize = 64;

/// What the handlers may look at.
#[derive(Debug, Default)]
pub struct Served {
    /// The sealing keys.
    pub ring: Arc<SharedRing>,
    /// Whether the first lists of SealedSecrets and Secrets are complete.
    pub watching: Arc<AtomicBool>,
}

/// Serves until `shutdown`, then lets answers under way finish.
pub async fn serve(
    listener: TcpListener,
    served: Arc<Served>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let router = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/v1/cert.pem", get(cert::cert))
        .layer(GlobalConcurrencyLimitLayer::new(CONCURRENT_REQUESTS))
        .with_state(served);
    axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned()).await
}
