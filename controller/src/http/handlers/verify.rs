//! `POST /v1/verify`: whether a SealedSecret would open here.
//!
//! 200 yes, 409 no, 413 too large to be asked about, 500 not a SealedSecret, 429 too many. Nothing is rendered and nothing else is
//! told: why it does not open is on the SealedSecret's own status, for those who may read that.

use crate::http::handlers::submitted::{Refused, Submitted, json_text};
use crate::http::router::Guarded;
use crate::process::panic_guard::contained;
use axum::body::Bytes;
use axum::extract::State;
use sealing::Verdict;
use std::sync::Arc;

/// Answers with a status alone.
pub(crate) async fn verify(State(guarded): State<Arc<Guarded>>, body: Bytes) -> Result<(), Refused> {
    let permit = guarded.gate.enter().await.ok_or(Refused::TooMany)?;
    let answered = contained(move || {
        let _permit = permit;
        let ring = guarded.ring.snapshot();
        let json = json_text(body)?;
        let Submitted { metadata, spec } = Submitted::read(&json)?;
        match sealing::verify(&metadata, &spec, &ring, guarded.accepted) {
            Verdict::Opens => Ok(()),
            Verdict::DoesNotOpen => Err(Refused::DoesNotOpen),
            Verdict::TooMuch => Err(Refused::TooMuch),
        }
    });
    answered.await.unwrap_or(Err(Refused::DoesNotOpen))
}
