//! `POST /v1/verify`: whether a SealedSecret would open here.
//!
//! 200 yes, 409 no, 500 not a SealedSecret, 429 too many. Nothing is rendered and nothing else is told: why it does not
//! open is on the SealedSecret's own status, for those who may read that.

use super::serve::Guarded;
use super::submitted::{NOT_A_SEALED_SECRET, Submitted};
use crate::contained::contained;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use sealing::opens;
use std::sync::Arc;

/// Answers with a status alone.
pub(super) async fn verify(State(guarded): State<Arc<Guarded>>, body: Bytes) -> StatusCode {
    let Some(permit) = guarded.gate.enter().await else { return StatusCode::TOO_MANY_REQUESTS };
    let answered = contained(move || {
        let _permit = permit;
        let ring = guarded.ring.snapshot();
        match Submitted::read(&body) {
            None => NOT_A_SEALED_SECRET,
            Some(it) if opens(&it.metadata, &it.spec, &ring, guarded.accepted) => StatusCode::OK,
            Some(_) => StatusCode::CONFLICT,
        }
    });
    answered.await.unwrap_or(StatusCode::CONFLICT)
}
