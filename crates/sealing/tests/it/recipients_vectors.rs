//! The vectors of `crates/recipients`, unsealed as the controller unseals them.

use super::case::{self, Case, Opened};
use super::keys_and_objects::{A, ALL, B, key, unseal_with};
use api::SealedSecret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sealing::{ItemErrorKind, KeyRing, UnsealError};
use serde_json::{Value, json};

#[test]
fn every_vector_comes_out_as_its_header_says() {
    for case in case::all() {
        for outcome in &case.outcomes {
            let ring = match outcome.reader.as_str() {
                "a" => KeyRing::new([key(A)]),
                "b" => KeyRing::new([key(B)]),
                _ => continue,
            };
            let what = format!("{}: {} {}", case.name, outcome.reader, outcome.item);
            let unsealed = unseal_with(&sealed_secret(&case, &outcome.item), &ring, ALL);
            match (&outcome.opened, unsealed) {
                (Opened::ByEntry(value) | Opened::ByEnvelope(value), Ok(secret)) => {
                    assert_eq!(secret.data[&outcome.item].expose(), value, "{what}");
                }
                (Opened::Not, Err(UnsealError::Items(errors))) => {
                    let is_blamed = matches!(errors[0].kind, ItemErrorKind::BadRecipients(_));
                    assert_eq!(is_blamed, case.is_refused, "{what}: {errors:?}");
                }
                (_, Ok(_)) => panic!("{what}: it opens"),
                (_, Err(error)) => panic!("{what}: {error}"),
            }
        }
    }
}

/// The SealedSecret of a case, with one item.
fn sealed_secret(case: &Case, item: &str) -> SealedSecret {
    let mut annotations = json!({ "sealedsecrets.bitnami.com/recipients": case.annotation });
    match case.label.as_str() {
        "" => annotations["sealedsecrets.bitnami.com/cluster-wide"] = Value::from("true"),
        "shop" => annotations["sealedsecrets.bitnami.com/namespace-wide"] = Value::from("true"),
        strict => assert_eq!(strict, "shop/db", "{}", case.name),
    }
    let envelope = BASE64_STANDARD.encode(&case.envelopes[item]);
    let object = json!({
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": { "name": "db", "namespace": "shop", "annotations": annotations },
        "spec": { "encryptedData": { item: envelope } },
    });
    serde_json::from_value(object).unwrap()
}
