//! `POST /v1/rotate`: the same SealedSecret, sealed to the newest key that is published. "Rotate" is the wire's word for resealing.
//!
//! 200 and the object as JSON; 409 if it does not open; 413 too large to be asked about; 500 not a SealedSecret; 429 too many. The
//! scope is that of the object's own annotations, so that resealing never widens it, and nothing but the items and the hint changes.

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
    // A copy less, before the next is made.
    drop(sealed);
    resealed_object(json, &items, &certificate.fingerprint().to_string()).ok_or(Refused::NotASealedSecret)
}
