//! `POST /v1/rotate`: returns the SealedSecret of the request, sealed to the newest published key. "Rotate" is
//! upstream's word for resealing.
//!
//! 200 and the object as JSON; 409 if it does not open; 413 if it is too large for a request; 500 if it is not a
//! SealedSecret; 429 if there are too many requests. The scope is that of the object's own annotations, so that
//! resealing never widens it, and only the items, the fingerprint and the entries for recipients change. No recipient is added or
//! removed, and nothing is sealed to a certificate of the request: that would open values for their sender.

use crate::http::handlers::resealed_object::resealed_object;
use crate::http::handlers::submitted::{Refused, Submitted, json_text};
use crate::http::state::PrivateKeyState;
use crate::process::panic_guard::catch_panic;
use api::annotations::{CERTIFICATE_FINGERPRINT, RECIPIENTS};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use rand::rngs::SysRng;
use sealing::{KeyRing, ResealError, SealingKey, reseal};
use std::sync::Arc;

pub(crate) async fn rotate(
    State(state): State<Arc<PrivateKeyState>>,
    body: Bytes,
) -> Result<impl IntoResponse, Refused> {
    let permit = state.limit.admit().await.ok_or(Refused::TooMany)?;
    let answered = catch_panic(move || {
        let _permit = permit;
        let ring = state.ring.snapshot();
        let json = json_text(body)?;
        let sealed = Submitted::read(&json)?;
        let to = state.ring.published(&ring).ok_or(Refused::DoesNotOpen)?;
        resealed(&json, sealed, &ring, to)
    });
    let object = answered.await.unwrap_or(Err(Refused::DoesNotOpen))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], object))
}

fn resealed(json: &[u8], sealed: Submitted, ring: &KeyRing, to: &SealingKey) -> Result<Vec<u8>, Refused> {
    let certificate = to.pair().certificate();
    let resealed = match reseal(&mut SysRng, &sealed.metadata, &sealed.spec, ring, certificate) {
        Ok(resealed) => resealed,
        Err(ResealError::TooMuch) => return Err(Refused::TooMuch),
        Err(_) => return Err(Refused::DoesNotOpen),
    };
    // Dropped before the next copy is made.
    drop(sealed);
    // If items stay sealed for another cluster, the annotation keeps naming its key.
    let hint = resealed.seals_all.then(|| certificate.fingerprint().to_string());
    let hint = hint.map(|hint| (CERTIFICATE_FINGERPRINT, hint));
    let recipients = resealed.recipients.map(|recipients| (RECIPIENTS, recipients));
    let annotations = hint.into_iter().chain(recipients).collect();
    resealed_object(json, &resealed.encrypted_data, &annotations).ok_or(Refused::NotASealedSecret)
}
