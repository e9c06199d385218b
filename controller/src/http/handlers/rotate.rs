//! `POST /v1/rotate`: returns the SealedSecret of the request, sealed to the newest published key. "Rotate" is
//! upstream's word for resealing.
//!
//! 200 and the object as JSON; 409 if it does not open; 503 if it may open once a key is unwrapped that waits, or no certificate is served; 413 if it is too large for a request or its annotation for recipients to be written; 500 if it is not a
//! SealedSecret; 429 if there are too many requests. The scope is that of the object's own annotations, so that
//! resealing never widens it, and only the items, the fingerprint and the entries for recipients change. No recipient is added or
//! removed, and nothing is sealed to a certificate of the request: that would open values for their sender.

use crate::http::handlers::resealed_object::resealed_object;
use crate::http::handlers::submitted::{Refused, Submitted, json_text};
use crate::http::state::PrivateKeyState;
use crate::keys::store::ring::SharedRing;
use crate::process::panic_guard::catch_panic;
use api::annotations::RECIPIENTS;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use rand::rngs::SysRng;
use sealing::{KeyRing, ResealError, SealFailure, SealingKey, reseal};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) async fn rotate(
    State(state): State<Arc<PrivateKeyState>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, Refused> {
    let permit = state.limit.admit(&headers, &body).await.ok_or(Refused::TooMany)?;
    let answered = catch_panic(move || {
        let ring = state.ring.snapshot();
        let json = json_text(body)?;
        let sealed = Submitted::read(&json)?;
        let to = state.ring.published(&ring).ok_or_else(|| none_to_seal_to(&state.ring, &ring))?;
        resealed(&json, sealed, &ring, to, &|| permit.give_way())
    });
    let object = answered.await.unwrap_or(Err(Refused::DoesNotOpen))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], object))
}

fn none_to_seal_to(shared: &SharedRing, ring: &KeyRing) -> Refused {
    if ring.is_empty() && ring.waiting().is_empty() {
        Refused::DoesNotOpen
    } else {
        Refused::NoKey(shared.why_none_is_published())
    }
}

fn resealed(
    json: &[u8],
    sealed: Submitted,
    ring: &KeyRing,
    to: &SealingKey,
    before_each: &dyn Fn(),
) -> Result<Vec<u8>, Refused> {
    let certificate = to.pair().certificate();
    let Submitted { metadata, spec } = &sealed;
    let resealed = match reseal(&mut SysRng, metadata, spec, ring, certificate, before_each) {
        Ok(resealed) => resealed,
        Err(ResealError::TooMuch) => return Err(Refused::TooMuch),
        Err(ResealError::Seal(SealFailure::Recipients(too_long))) => return Err(Refused::TooLong(too_long)),
        Err(ResealError::Waits) => return Err(Refused::WAITS),
        Err(_) => return Err(Refused::DoesNotOpen),
    };
    // Of items that stay sealed for another cluster, the annotations keep naming its key.
    let certificates = resealed.certificates(metadata.annotations.as_ref(), certificate.fingerprint());
    let mut annotations = BTreeMap::from(certificates.annotations());
    // Dropped before the next copy is made.
    drop(sealed);
    annotations.extend(resealed.recipients.map(|recipients| (RECIPIENTS, Some(recipients))));
    resealed_object(json, &resealed.encrypted_data, &annotations).ok_or(Refused::NotASealedSecret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use axum::http::StatusCode;
    use envelope::{KeyPair, KeySize, Plaintext, PrivateKey, issue};
    use jiff::{SignedDuration, Timestamp};
    use sealing::{OtherRecipient, SealFor, SecretToSeal, seal_secret_for};
    use serde_json::{Value, json};

    /// Sealed for two clusters, with one entry more of this length.
    fn sealed(first: &SealingKey, second: &SealingKey, extra: usize) -> Vec<u8> {
        let others = vec![OtherRecipient::Certificate(second.pair().certificate())];
        let to = SealFor { first: first.pair().certificate(), others };
        let metadata = serde_json::from_value(json!({ "name": "db", "namespace": "shop" })).unwrap();
        let data = [("password".to_owned(), Plaintext::new(b"hunter2".to_vec()))].into();
        let secret = SecretToSeal { metadata, type_: None, immutable: None, data };
        let mut object = serde_json::to_value(seal_secret_for(&mut SysRng, &to, &secret).unwrap()).unwrap();
        let annotation = &mut object["metadata"]["annotations"][RECIPIENTS];
        let mut document: Value = serde_json::from_str(annotation.as_str().unwrap()).unwrap();
        let entry = json!({ "cert": "0a".repeat(32), "key": "AAAA".repeat(extra / 4) });
        document["groups"][0]["to"].as_array_mut().unwrap().push(entry);
        *annotation = json!(document.to_string());
        object.to_string().into_bytes()
    }

    fn key(name: &str) -> Arc<SealingKey> {
        let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
        let hour = SignedDuration::from_hours(1);
        let certificate = issue(&mut SysRng, &private, "", Timestamp::now(), hour).unwrap();
        Arc::new(SealingKey::new(name.into(), KeyPair::new(private, certificate).unwrap()))
    }

    #[tokio::test]
    async fn an_annotation_that_is_too_long_is_named_with_a_way_out() {
        let (first, second) = (key("first"), key("second"));
        let ring = KeyRing::new([Arc::clone(&second)]);
        let rotate = |extra, ring: &KeyRing| {
            let json = sealed(&first, &second, extra);
            resealed(&json, Submitted::read(&json).unwrap(), ring, &second, &|| ())
        };
        assert!(rotate(190_000, &ring).is_ok());
        let refused = rotate(204_800, &ring).unwrap_err();
        // Only a client whose object opens learns it.
        assert_eq!(rotate(204_800, &KeyRing::new([key("other")])), Err(Refused::DoesNotOpen));
        let response = refused.into_response();
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let text = String::from_utf8(to_bytes(response.into_body(), 1000).await.unwrap().to_vec()).unwrap();
        assert!(text.starts_with("the annotation for the recipients would have 20"), "{text}");
        for words in ["the most is 204800", RECIPIENTS, "layout: per-cluster"] {
            assert!(text.contains(words), "{text}");
        }
    }
}
