//! `GET /metrics`, on a port of its own; and `count_requests`, which counts the requests to the API port.

use crate::config::http::ClientTimeouts;
use crate::http::server::connection_close::close_when_ending;
use crate::http::server::listener::{ConnectionInfo, LimitedListener, track_phase};
use crate::http::state::HttpState;
use crate::metrics::Metrics;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::io;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::limit::GlobalConcurrencyLimitLayer;

/// For clients that accept it, as Prometheus does.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// For all other clients.
const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Maximum number of open connections: each may hold an answer, which is large where there are many SealedSecrets.
const MAX_CONNECTIONS: usize = 32;

/// Maximum number of answers made at the same time: the other processors are for unsealing.
const MAX_REQUESTS: usize = 1;

/// Serves metrics until `close`.
pub(crate) async fn serve_metrics(
    listener: TcpListener,
    state: Arc<HttpState>,
    timeouts: ClientTimeouts,
    close: CancellationToken,
) -> io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(answer))
        .layer(GlobalConcurrencyLimitLayer::new(MAX_REQUESTS))
        .with_state(Arc::clone(&state.metrics))
        .layer(from_fn_with_state(state.ending.clone(), close_when_ending))
        .layer(from_fn(track_phase))
        .into_make_service_with_connect_info::<ConnectionInfo>();
    let connections = LimitedListener::new(listener, timeouts, MAX_CONNECTIONS);
    axum::serve(connections, router).with_graceful_shutdown(close.cancelled_owned()).await
}

async fn answer(State(metrics): State<Arc<Metrics>>, headers: HeaderMap) -> Response {
    let is_openmetrics =
        |accept: &HeaderValue| accept.to_str().is_ok_and(|it| it.contains("application/openmetrics-text"));
    let (kind, text) = if headers.get_all(header::ACCEPT).iter().any(is_openmetrics) {
        (OPENMETRICS, metrics.text())
    } else {
        (CLASSIC, metrics.classic_text())
    };
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Counts each request under the route it matched: a path that is not served must not become a label of its own.
pub(crate) async fn count_requests(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    // A client can invent methods; each would be counted, and stored, for ever.
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    };
    let start = Instant::now();
    let answer = next.run(request).await;
    metrics.observe_request(path, method, answer.status().as_u16(), start.elapsed());
    answer
}
