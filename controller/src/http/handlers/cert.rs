//! `GET /v1/cert.pem`: the newest certificate that is published.

use crate::http::state::HttpState;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Answers with the certificate to seal with, or 503 and the reason while there is none.
pub(crate) async fn cert(State(state): State<Arc<HttpState>>) -> Response {
    match state.ring.published(&state.ring.snapshot()) {
        Some(key) => {
            let pem = key.pair().certificate().to_pem();
            ([(header::CONTENT_TYPE, "application/x-pem-file")], pem).into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, state.ring.why_none_is_published()).into_response(),
    }
}
