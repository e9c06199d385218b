//! `GET /v1/cert.pem`: the newest certificate that is published.

use crate::http::router::Served;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Answers with the certificate to seal with, or 503 while there is none.
pub(crate) async fn cert(State(served): State<Arc<Served>>) -> Response {
    match served.ring.published(&served.ring.snapshot()) {
        Some(key) => {
            let pem = key.pair().certificate().to_pem();
            ([(header::CONTENT_TYPE, "application/x-pem-file")], pem).into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, "there is no sealing key yet\n").into_response(),
    }
}
