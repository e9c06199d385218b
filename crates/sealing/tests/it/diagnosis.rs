//! Why items do not open, from the ring and the annotations: the cases of `sealing::Diagnosis`, with real keys.

use super::keys_and_objects::{A, ALL, B, key, one_item, opens, reseal_to_newest, seal, unseal_with};
use api::SealedSecret;
use api::annotations::{CERTIFICATE_FINGERPRINT, CLUSTER_WIDE, NAMESPACE_WIDE};
use rand::rngs::SysRng;
use sealing::{Diagnosis, KeyRing, KeyWait, Keys, ResealError, UnsealError, Verdict, seal_item, why_not};
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

/// What names a key that is here, retired or absent does not wait for another one; nor does what no key can open.
#[test]
fn only_what_a_waiting_key_may_open_waits_for_it() {
    let (a, b) = (key(A).fingerprint(), key(B).fingerprint());
    let waits = |ring: KeyRing| ring.with_waiting([(a, KeyWait::NoAnswer)]);
    let elsewhere =
        |ring: KeyRing| ring.with_waiting([("0a".repeat(32).parse().unwrap(), KeyWait::NoAnswer)]);
    let with_b = || KeyRing::new([key(B)]);
    let nameless = |mut sealed: SealedSecret| {
        sealed.metadata.annotations.as_mut().unwrap().remove(CERTIFICATE_FINGERPRINT);
        sealed
    };
    let naming = |mut sealed: SealedSecret, key: String| {
        sealed.metadata.annotations.as_mut().unwrap().insert(CERTIFICATE_FINGERPRINT.into(), key);
        sealed
    };
    let with_item = |item: &str, mut sealed: SealedSecret| {
        sealed.spec.encrypted_data.insert("more".into(), item.to_owned());
        sealed
    };
    let wide = seal_item(&mut SysRng, key(B).pair().certificate(), b"", b"x").unwrap();
    let only = |item: &str| {
        let mut sealed = nameless(sealed());
        sealed.spec.encrypted_data = [("password".to_owned(), item.to_owned())].into();
        sealed
    };
    let named = Diagnosis::Waiting { key: a, wait: KeyWait::NoAnswer };
    let perhaps = Diagnosis::PerhapsWaiting(KeyWait::NoAnswer);
    let cases = [
        ("names it", sealed(), waits(with_b()), Some(&named)),
        ("names it, and no key is there", sealed(), waits(KeyRing::default()), Some(&named)),
        (
            "names it, which was retired in another Secret",
            sealed(),
            waits(with_b().retiring([a].into())),
            Some(&named),
        ),
        ("names none", nameless(sealed()), waits(with_b()), Some(&perhaps)),
        ("names one that is here", naming(sealed(), b.to_string()), waits(with_b()), None),
        ("names an absent one", sealed(), elsewhere(with_b()), None),
        ("names an absent one, and no key is there", sealed(), elsewhere(KeyRing::default()), None),
        ("names a retired one", sealed(), elsewhere(with_b().retiring([a].into())), None),
        ("names a revoked one", sealed(), waits(with_b().revoking([a].into())), None),
        ("no base64", only("%%%"), waits(with_b()), None),
        ("too short", only("AgAB"), waits(KeyRing::default()), None),
        ("another scope", only(&wide), waits(with_b()), None),
        ("an item that no key opens", with_item("%%%", sealed()), waits(with_b()), None),
    ];
    for (name, sealed, ring, expected) in cases {
        let error = unseal_with(&sealed, &ring, ALL).unwrap_err();
        assert_eq!(error.waits(), expected, "{name}: {error}");
        // A stranger does not hear that it opens under another scope.
        let waits = expected.is_some() || name == "another scope";
        let verdict = if waits { Verdict::Waits } else { Verdict::DoesNotOpen };
        // Requests stop at the first item that does not open.
        if sealed.spec.encrypted_data.len() == 1 {
            assert_eq!(opens(&sealed, &ring), verdict, "{name}");
            let resealed = (!ring.is_empty()).then(|| reseal_to_newest(&sealed, &ring).unwrap_err());
            let expected = if waits { ResealError::Waits } else { ResealError::DoesNotOpen };
            assert_eq!(resealed.unwrap_or_else(|| expected.clone()), expected, "{name}");
        }
    }
    // A key that stands in plain as well, or leaked, does not wait.
    assert!(waits(KeyRing::new([key(A)])).waiting().is_empty());
    assert!(waits(with_b().revoking([a].into())).waiting().is_empty());
    assert!(!waits(with_b()).opens_as(&with_b()) && waits(with_b()).opens_as(&waits(with_b())));
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
