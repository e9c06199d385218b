//! `serve`: the router, its limits, and its end.

use crate::config::http::RateLimit;
use crate::http::handlers::wait_for_keys::{Awaited, LONGEST, until_keys};
use crate::http::handlers::{cert, health, metrics, rotate, verify};
use crate::http::limits::Gate;
use crate::http::server::bodies::{Bodies, with_body};
use crate::http::server::connection_close::close_when_ending;
use crate::http::server::listener::Connections;
use crate::http::server::pace::{Paced, Timeouts, keep_pace};
use crate::keys::store::rejections::Refusals;
use crate::keys::store::ring::SharedRing;
use crate::metrics::Metrics;
use crate::process::readiness::Readiness;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use sealing::Accepted;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Connections at the same time.
const ROOM: usize = 256;

/// What the handlers may look at.
#[derive(Debug)]
pub(crate) struct Served {
    /// The sealing keys.
    pub ring: Arc<SharedRing>,
    /// Secrets that claim to be sealing keys, and are none.
    pub refusals: Arc<Refusals>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whether the first lists of SealedSecrets and Secrets are complete.
    pub watching: Arc<Readiness>,
    /// Cancelled when the process was told to end: it still answers, each connection once more, but is not ready any more.
    pub ending: CancellationToken,
}

impl Served {
    /// With nothing being watched yet.
    pub(crate) fn new(
        ring: Arc<SharedRing>,
        refusals: Arc<Refusals>,
        metrics: Metrics,
        ending: CancellationToken,
    ) -> Self {
        Self { ring, refusals, metrics: Arc::new(metrics), watching: Arc::default(), ending }
    }
}

/// What the handlers that use a private key may look at; each path has its own gate.
pub(crate) struct Guarded {
    pub(crate) ring: Arc<SharedRing>,
    pub(crate) gate: Gate,
    pub(crate) accepted: Accepted,
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
    /// What opens beside the usual.
    pub accepted: Accepted,
}

/// Serves until `close`, then lets answers under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    served: Arc<Served>,
    doors: Doors,
    timeouts: Timeouts,
    close: CancellationToken,
) -> io::Result<()> {
    let at_once = Gate::at_once();
    let guarded = || {
        let gate = Gate::new(doors.rate, &at_once);
        Arc::new(Guarded { ring: Arc::clone(&served.ring), gate, accepted: doors.accepted })
    };
    let awaited = Awaited { served: Arc::clone(&served), longest: LONGEST, shutdown: served.ending.clone() };
    let mut with_keys = Router::new();
    if doors.verify {
        with_keys = with_keys.route("/v1/verify", post(verify::verify).with_state(guarded()));
    }
    if doors.rotate {
        with_keys = with_keys.route("/v1/rotate", post(rotate::rotate).with_state(guarded()));
    }
    // Bodies may come slowly and many at once; requests for health or the certificate do not wait behind them.
    let longest = timeouts.read.saturating_add(timeouts.write);
    let with_keys = with_keys
        .layer(from_fn_with_state(awaited.clone(), until_keys))
        // `Bodies` bounds them.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::<Bodies>::default(), with_body))
        .layer(from_fn(move |request, next| in_time(longest, request, next)));
    let router = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/v1/cert.pem", get(cert::cert).layer(from_fn_with_state(awaited, until_keys)))
        .merge(with_keys)
        .route_layer(from_fn_with_state(Arc::clone(&served.metrics), metrics::count))
        .layer(from_fn_with_state(served.ending.clone(), close_when_ending))
        .with_state(served)
        .layer(from_fn(keep_pace))
        .into_make_service_with_connect_info::<Paced>();
    let connections = Connections::new(listener, timeouts, ROOM);
    axum::serve(connections, router).with_graceful_shutdown(close.cancelled_owned()).await
}

/// What takes too long to answer is cut off. An answer that the client does not read is no longer
/// here but with its `Connection`, which cuts it off.
async fn in_time(timeout: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}
