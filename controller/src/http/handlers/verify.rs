//! `POST /v1/verify`: whether a SealedSecret would open here.
//!
//! 200 yes, 409 no, 503 perhaps once a key is unwrapped that waits, 413 too large for a request, 500 not a SealedSecret, 429 too many requests. Nothing is rendered and
//! nothing else is returned: why it does not open is in the SealedSecret's own status, for users who may read that.

use crate::http::handlers::submitted::{Refused, Submitted, json_text};
use crate::http::state::PrivateKeyState;
use crate::process::panic_guard::catch_panic;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use sealing::Verdict;
use std::sync::Arc;

/// Answers with a status code only.
pub(crate) async fn verify(
    State(state): State<Arc<PrivateKeyState>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(), Refused> {
    let permit = state.limit.admit(&headers, &body).await.ok_or(Refused::TooMany)?;
    let answered = catch_panic(move || {
        let ring = state.ring.snapshot();
        let json = json_text(body)?;
        let Submitted { metadata, spec } = Submitted::read(&json)?;
        match sealing::verify(&metadata, &spec, &ring, state.accepted, &|| permit.give_way()) {
            Verdict::Opens => Ok(()),
            Verdict::DoesNotOpen => Err(Refused::DoesNotOpen),
            Verdict::Waits => Err(Refused::WAITS),
            Verdict::TooMuch => Err(Refused::TooMuch),
        }
    });
    answered.await.unwrap_or(Err(Refused::DoesNotOpen))
}
