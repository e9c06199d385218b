//! `serve`: the routes of the API port, with their limits, until the process ends. The metrics port is in `metrics`.

use crate::config::http::{ClientTimeouts, PrivateKeyEndpoints};
use crate::http::authorization::authorizer::Authorizer;
use crate::http::handlers::wait_for_keys::{KeysWait, LONGEST, wait_for_keys};
use crate::http::handlers::{cert, health, rotate, verify};
use crate::http::limits::{KeyUseLimit, KeyUsePermits};
use crate::http::metrics::count_requests;
use crate::http::server::body_limit::{BodyLimit, read_body};
use crate::http::server::connection_close::close_when_ending;
use crate::http::server::listener::{ConnectionInfo, LimitedListener, track_phase};
use crate::http::state::{HttpState, PrivateKeyState};
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

/// Maximum number of open connections.
const MAX_CONNECTIONS: usize = 256;

/// Serves until `close`, then lets answers under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    state: Arc<HttpState>,
    endpoints: PrivateKeyEndpoints,
    authorizer: Arc<Authorizer>,
    timeouts: ClientTimeouts,
    close: CancellationToken,
) -> io::Result<()> {
    let permits = KeyUsePermits::default();
    let private_key_state = || {
        let limit = KeyUseLimit::new(endpoints.rate, &permits, &authorizer);
        Arc::new(PrivateKeyState { ring: Arc::clone(&state.ring), limit, accepted: endpoints.accepted })
    };
    let wait = KeysWait { state: Arc::clone(&state), longest: LONGEST };
    let mut key_routes = Router::new();
    if endpoints.verify {
        key_routes = key_routes.route("/v1/verify", post(verify::verify).with_state(private_key_state()));
    }
    if endpoints.rotate {
        key_routes = key_routes.route("/v1/rotate", post(rotate::rotate).with_state(private_key_state()));
    }
    // Bodies may come slowly and many at once; requests for health or the certificate do not wait for them.
    let request_timeout = timeouts.read.saturating_add(timeouts.write);
    let key_routes = key_routes
        .layer(from_fn_with_state(wait.clone(), wait_for_keys))
        // `read_body` bounds them.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state((Arc::<BodyLimit>::default(), authorizer), read_body))
        .layer(from_fn(move |request, next| within(request_timeout, request, next)));
    let router = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/v1/cert.pem", get(cert::cert).layer(from_fn_with_state(wait, wait_for_keys)))
        .merge(key_routes)
        .route_layer(from_fn_with_state(Arc::clone(&state.metrics), count_requests))
        .layer(from_fn_with_state(state.ending.clone(), close_when_ending))
        .with_state(state)
        .layer(from_fn(track_phase))
        .into_make_service_with_connect_info::<ConnectionInfo>();
    let connections = LimitedListener::new(listener, timeouts, MAX_CONNECTIONS);
    axum::serve(connections, router).with_graceful_shutdown(close.cancelled_owned()).await
}

/// Answers 408 where the handler takes too long. `Connection` ends an answer that the client does not read.
async fn within(timeout: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}
