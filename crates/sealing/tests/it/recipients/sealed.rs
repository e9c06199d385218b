//! SealedSecrets for A and B, who reads them, and how a test changes the annotation.

use super::super::keys_and_objects::{A, ALL, B, key, unseal_with};
use api::SealedSecret;
use api::annotations::RECIPIENTS;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, KeyPair, KeySize, Plaintext, PrivateKey, issue};
use jiff::SignedDuration;
use rand::rngs::SysRng;
use sealing::{
    Diagnosis, ItemErrorKind, KeyRing, OtherRecipient, SealFor, SealingKey, SecretToSeal, UnsealError,
    seal_secret_for,
};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn certificate(of: (&str, &str)) -> Certificate {
    Certificate::from_pem(of.1).unwrap()
}

pub(super) fn ring_of(one: (&str, &str)) -> KeyRing {
    KeyRing::new([key(one)])
}

/// Sealed to A, with entries for A and B.
pub(super) fn sealed(items: &[(&str, &str)]) -> SealedSecret {
    sealed_to(A, B, items)
}

pub(super) fn sealed_to(first: (&str, &str), second: (&str, &str), items: &[(&str, &str)]) -> SealedSecret {
    let (first, second) = (certificate(first), certificate(second));
    let to = SealFor { first: &first, others: vec![OtherRecipient::Certificate(&second)] };
    let secret = SecretToSeal {
        metadata: serde_json::from_value(json!({ "namespace": "ns", "name": "name" })).unwrap(),
        type_: None,
        immutable: None,
        data: items.iter().map(|(key, value)| ((*key).into(), Plaintext::new((*value).into()))).collect(),
    };
    seal_secret_for(&mut SysRng, &to, &secret).unwrap()
}

/// What the controller with this key reads of an item, or why it does not open.
pub(super) fn read(sealed: &SealedSecret, with: (&str, &str), item: &str) -> Result<String, ItemErrorKind> {
    match unseal_with(sealed, &ring_of(with), ALL) {
        Ok(secret) => Ok(String::from_utf8(secret.data[item].expose().to_vec()).unwrap()),
        Err(UnsealError::Items(errors)) => {
            Err(errors.into_iter().find(|error| error.key == item).unwrap().kind)
        }
        Err(other) => unreachable!("{other}"),
    }
}

/// The key is not here that the annotation names.
pub(super) fn absent(key: (&str, &str)) -> ItemErrorKind {
    ItemErrorKind::NoKeyOpens(Diagnosis::AbsentKey(certificate(key).fingerprint()))
}

/// The key is here that an annotation names, and does not open it under this place.
pub(super) fn sealed_elsewhere_for(key: (&str, &str), place: &str) -> ItemErrorKind {
    let key = certificate(key).fingerprint();
    ItemErrorKind::NoKeyOpens(Diagnosis::OtherPlace { key, place: place.into() })
}

pub(super) fn annotation(sealed: &SealedSecret) -> &str {
    &sealed.metadata.annotations.as_ref().unwrap()[RECIPIENTS]
}

pub(super) fn annotate(sealed: &mut SealedSecret, text: String) {
    sealed.metadata.annotations.as_mut().unwrap().insert(RECIPIENTS.into(), text);
}

pub(super) type Change = dyn Fn(&mut Value);

/// Changes the annotation as a JSON tree.
pub(super) fn tamper(sealed: &mut SealedSecret, change: impl Fn(&mut Value)) {
    let mut document: Value = serde_json::from_str(annotation(sealed)).unwrap();
    change(&mut document);
    annotate(sealed, document.to_string());
}

pub(super) fn sealed_part(sealed: &SealedSecret, item: &str) -> Vec<u8> {
    let envelope = BASE64_STANDARD.decode(&sealed.spec.encrypted_data[item]).unwrap();
    envelope::sealed_part(&envelope).unwrap().to_vec()
}

pub(super) fn extra_key() -> Arc<SealingKey> {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let start = certificate(B).not_before() + SignedDuration::from_hours(1);
    let issued = issue(&mut SysRng, &private, "", start, SignedDuration::from_hours(1)).unwrap();
    Arc::new(SealingKey::new("x".into(), KeyPair::new(private, issued).unwrap()))
}
