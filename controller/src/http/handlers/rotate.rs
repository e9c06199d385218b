//! `POST /v1/rotate`: returns the SealedSecret of the request, sealed to the newest published key. "Rotate" is
//! upstream's word for resealing.
//!
//! 200 and the object as JSON; 409 if it does not open; 413 if it is too large for a request; 500 if it is not a
//! SealedSecret; 429 if there are too many requests. The scope is that of the object's own annotations, so that
//! resealing never widens it, and only the items and the fingerprint change.

use crate::http::handlers::resealed_object::resealed_object;
use crate::http::handlers::submitted::{Refused, Submitted, json_text};
use crate::http::state::PrivateKeyState;
use crate::process::panic_guard::catch_panic;
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
    let items = match reseal(&mut SysRng, &sealed.metadata, &sealed.spec, ring, certificate) {
        Ok(items) => items,
        Err(ResealError::TooMuch) => return Err(Refused::TooMuch),
        Err(_) => return Err(Refused::DoesNotOpen),
    };
    // Dropped before the next copy is made.
    drop(sealed);
    resealed_object(json, &items, &certificate.fingerprint().to_string()).ok_or(Refused::NotASealedSecret)
}
