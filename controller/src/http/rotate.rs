//! `POST /v1/rotate`: the same SealedSecret, sealed to the newest key that is published. "Rotate" is the wire's word for resealing.
//!
//! 200 and the object as JSON; 409 if it does not open; 500 not a SealedSecret; 429 too many. The scope is that of the
//! object's own annotations, so that resealing never widens it, and nothing but the items and the hint changes.

use super::serve::Guarded;
use super::submitted::{NOT_A_SEALED_SECRET, Submitted};
use crate::contained::contained;
use api::annotations::CERTIFICATE_FINGERPRINT;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use rand::rngs::SysRng;
use sealing::{KeyRing, SealingKey, reseal};
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers with the resealed object.
pub(super) async fn rotate(
    State(guarded): State<Arc<Guarded>>,
    body: Bytes,
) -> Result<Json<Value>, StatusCode> {
    let permit = guarded.gate.enter().await.ok_or(StatusCode::TOO_MANY_REQUESTS)?;
    let answered = contained(move || {
        let _permit = permit;
        let ring = guarded.ring.snapshot();
        let sealed = Submitted::read(&body).ok_or(NOT_A_SEALED_SECRET)?;
        let to = guarded.ring.published(&ring).ok_or(StatusCode::CONFLICT)?;
        resealed(sealed, &ring, to).ok_or(StatusCode::CONFLICT)
    });
    answered.await.unwrap_or(Err(StatusCode::CONFLICT)).map(Json)
}

fn resealed(sealed: Submitted, ring: &KeyRing, to: &SealingKey) -> Option<Value> {
    let certificate = to.pair().certificate();
    let items = reseal(&mut SysRng, &sealed.metadata, &sealed.spec, ring, certificate).ok()?;
    let fingerprint = certificate.fingerprint().to_string();
    let mut object = sealed.object;
    object["spec"]["encryptedData"] = json!(items);
    let metadata = object.get_mut("metadata")?.as_object_mut()?;
    // What belongs to the cluster it was read from would only make trouble in a file.
    for field in
        ["creationTimestamp", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "uid"]
    {
        metadata.remove(field);
    }
    let annotations = metadata.entry("annotations").or_insert(Value::Null);
    if annotations.is_null() {
        *annotations = json!({});
    }
    annotations.as_object_mut()?.insert(CERTIFICATE_FINGERPRINT.into(), json!(fingerprint));
    object.as_object_mut()?.remove("status");
    Some(object)
}
