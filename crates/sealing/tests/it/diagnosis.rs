//! Why items do not open, from the ring and the annotations: the cases of `sealing::Diagnosis`, with real keys.

use super::keys_and_objects::{A, ALL, B, key, one_item, seal, unseal_with};
use api::SealedSecret;
use api::annotations::{CERTIFICATE_FINGERPRINT, CLUSTER_WIDE, NAMESPACE_WIDE};
use rand::rngs::SysRng;
use sealing::{Diagnosis, KeyRing, Keys, UnsealError, seal_item, why_not};
use serde_json::json;

/// Sealed to A.
fn sealed() -> SealedSecret {
    seal(json!({ "namespace": "shop", "name": "api" }), one_item())
}

fn diagnoses(sealed: &SealedSecret, ring: &KeyRing) -> Vec<Diagnosis> {
    unseal_with(sealed, ring, ALL).unwrap_err().diagnoses().cloned().collect()
}

#[test]
fn the_ring_says_what_became_of_the_noted_key() {
    let noted = key(A).fingerprint();
    let other = KeyRing::new([key(B)]);
    let retired = other.clone().retiring([noted].into());
    let revoked = other.clone().revoking([noted].into());
    let nameless = other.clone().with_nameless(true);
    for (name, ring, expected) in [
        ("absent", &other, Diagnosis::AbsentKey(noted)),
        ("retired", &retired, Diagnosis::Retired { key: noted, secret: None }),
        ("revoked", &revoked, Diagnosis::Revoked),
        ("a key without its certificate", &nameless, Diagnosis::Unclear(Some(noted))),
    ] {
        assert_eq!(diagnoses(&sealed(), ring), [expected], "{name}");
        // What is known of a key does not get lost when another comes.
        assert_eq!(ring.with(key(B)).state_of(noted), ring.state_of(noted), "{name}");
    }
    assert!(!other.opens_as(&retired), "the reason is another");

    let mut moved = sealed();
    moved.metadata.name = Some("web".into());
    let expected = Diagnosis::OtherPlace { key: noted, place: "shop/web".into() };
    assert_eq!(diagnoses(&moved, &KeyRing::new([key(A)])), [expected]);
    moved.metadata.annotations.as_mut().unwrap().remove(CERTIFICATE_FINGERPRINT);
    assert_eq!(diagnoses(&moved, &KeyRing::new([key(A)])), [Diagnosis::Unclear(None)]);
}

#[test]
fn the_annotations_to_change_are_named() {
    let ring = KeyRing::new([key(A)]);
    let message = |annotations: serde_json::Value, sealed_with: &str| {
        let metadata = json!({ "namespace": "shop", "name": "api", "annotations": annotations });
        let mut sealed = seal(metadata, one_item());
        let certificate = key(A).pair().certificate().clone();
        let item = seal_item(&mut SysRng, &certificate, sealed_with.as_bytes(), b"x").unwrap();
        sealed.spec.encrypted_data.insert("password".into(), item);
        unseal_with(&sealed, &ring, ALL).unwrap_err().to_string()
    };
    let ends = |message: &str, end: &str| assert!(message.ends_with(end), "{message}");
    ends(
        &message(json!({}), ""),
        "do not state: add the annotation sealedsecrets.bitnami.com/cluster-wide: \"true\"",
    );
    ends(
        &message(json!({ CLUSTER_WIDE: "true" }), "shop/api"),
        "do not state: remove the annotation sealedsecrets.bitnami.com/cluster-wide",
    );
    ends(
        &message(json!({ NAMESPACE_WIDE: "true" }), ""),
        "do not state: replace the annotation sealedsecrets.bitnami.com/namespace-wide by \
         sealedsecrets.bitnami.com/cluster-wide: \"true\"",
    );
}

/// The annotation of the certificate may speak of the items that open.
#[test]
fn an_item_that_was_pasted_in_is_told_from_the_others() {
    let ring = KeyRing::new([key(A)]);
    let mut sealed = sealed();
    let certificate = key(A).pair().certificate().clone();
    for (item, label) in [("pasted", "shop/web"), ("wide", "")] {
        let item_sealed = seal_item(&mut SysRng, &certificate, label.as_bytes(), b"x").unwrap();
        sealed.spec.encrypted_data.insert(item.into(), item_sealed);
    }
    let message = unseal_with(&sealed, &ring, ALL).unwrap_err().to_string();
    assert_eq!(
        message,
        "no key could decrypt secret (pasted): sealed apart from the other items, which open: for another name or namespace than \
         shop/api, or for another cluster; seal it again; no key could decrypt secret (wide): sealed with scope cluster-wide, which \
         the SealedSecret's annotations do not state; other items open with scope strict: seal this one again"
    );
}

#[test]
fn a_user_with_the_keys_gets_the_same_answer() {
    let ring = KeyRing::new([key(B)]);
    let keys = Keys { ring: &ring, age: None };
    let sealed = sealed();
    let Some(UnsealError::Items(errors)) = why_not(&sealed.metadata, &sealed.spec, keys) else {
        panic!("it opens")
    };
    assert_eq!(UnsealError::Items(errors), unseal_with(&sealed, &ring, ALL).unwrap_err());
    let ring = KeyRing::new([key(A)]);
    assert_eq!(why_not(&sealed.metadata, &sealed.spec, Keys { ring: &ring, age: None }), None);
}
