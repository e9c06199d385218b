//! Objects that were made to waste time: each verb gives up after a bounded number of private-key operations.

use super::keys_and_objects::{A, ALL, open, opens, reseal_to_newest, ring, seal, unseal_with};
use api::{Scope, SealedSecret};
use envelope::{Certificate, KeyPair, KeySize, Plaintext, PrivateKey, issue};
use jiff::SignedDuration;
use rand::rngs::SysRng;
use sealing::{
    ItemErrorKind, KeyRing, OtherRecipient, ResealError, SealFor, SealingKey, SecretToSeal, UnsealError,
    Verdict, seal_item, seal_secret_for,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

#[test]
fn an_object_made_to_waste_time_wastes_little() {
    // Each of these costs a try with each key under each scope.
    let garbage = (0..2_000).map(|number| (format!("k{number}"), b"x".to_vec())).collect();
    let mut sealed = seal(json!({ "namespace": "ns", "name": "name" }), garbage);
    sealed.metadata.name = Some("other".into());
    let error = open(&sealed).unwrap_err();
    let UnsealError::Items(errors) = &error else { panic!("{error}") };
    assert_eq!(errors.len(), 2_000, "all are named");
    let tried = errors.iter().filter(|error| error.kind != ItemErrorKind::NotTried).count();
    assert!(tried <= 101, "{tried} were tried");
}

#[test]
fn a_question_is_worth_five_hundred_items_and_more_are_said_to_be_too_many() {
    for (items, verdict) in [(500, Verdict::Opens), (501, Verdict::TooMuch)] {
        let items = (0..items).map(|item| (format!("i{item}"), Vec::new())).collect();
        let mut sealed = seal(json!({ "namespace": "ns", "name": "name" }), items);
        assert_eq!(opens(&sealed, ring()), verdict);
        let resealed = reseal_to_newest(&sealed, ring());
        assert_eq!(resealed.err(), (verdict == Verdict::TooMuch).then_some(ResealError::TooMuch));
        assert!(open(&sealed).is_ok(), "a controller unseals it");
        // The response depends on the number of items only, and not on whether they would open.
        sealed.metadata.name = Some("other".into());
        let expected = if verdict == Verdict::TooMuch { verdict } else { Verdict::DoesNotOpen };
        assert_eq!(opens(&sealed, ring()), expected);
    }
}

/// A ring of 48 keys, as years of renewal leave it.
fn old_ring() -> &'static (KeyRing, Vec<Certificate>) {
    static RING: OnceLock<(KeyRing, Vec<Certificate>)> = OnceLock::new();
    RING.get_or_init(|| {
        let start = Certificate::from_pem(A.1).unwrap().not_before();
        let keys: Vec<_> = (0..48)
            .map(|month| {
                let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
                let since = start + SignedDuration::from_hours(720 * month);
                let lifetime = SignedDuration::from_hours(1);
                let certificate = issue(&mut SysRng, &private, "", since, lifetime).unwrap();
                Arc::new(SealingKey::new(month.to_string(), KeyPair::new(private, certificate).unwrap()))
            })
            .collect();
        let certificates = keys.iter().map(|key| key.pair().certificate().clone()).collect();
        (KeyRing::new(keys), certificates)
    })
}

/// So many items, sealed to one key of the ring after the other: what tries most keys.
fn sealed_over_years(items: usize) -> SealedSecret {
    let label = Scope::Strict.label("ns", "name");
    let certificates = &old_ring().1;
    let texts: Vec<String> = certificates
        .iter()
        .map(|certificate| seal_item(&mut SysRng, certificate, &label, b"hunter2").unwrap())
        .collect();
    let mut sealed = seal(json!({ "namespace": "ns", "name": "name" }), BTreeMap::new());
    sealed.spec.encrypted_data =
        (0..items).map(|item| (format!("k{item:04}"), texts[item % texts.len()].clone())).collect();
    sealed
}

#[test]
fn an_object_sealed_over_years_opens() {
    let (sealed, ring) = (sealed_over_years(40), &old_ring().0);
    assert_eq!(unseal_with(&sealed, ring, ALL).unwrap().data.len(), 40);
    assert_eq!(opens(&sealed, ring), Verdict::Opens);
    assert_eq!(reseal_to_newest(&sealed, ring).unwrap().encrypted_data.len(), 40);
}

/// Items that open, each with the key that is tried last.
#[test]
fn an_object_made_to_try_every_key_is_given_up() {
    let (sealed, ring) = (sealed_over_years(1_000), &old_ring().0);
    let error = unseal_with(&sealed, ring, ALL).unwrap_err();
    let UnsealError::Items(errors) = &error else { panic!("{error}") };
    assert!(errors.iter().all(|error| error.kind == ItemErrorKind::NotTried), "{error}");
    assert!((500..900).contains(&errors.len()), "{} were not tried", errors.len());
}

/// Fewer than too many items, each sealed with the key that is tried last.
#[test]
fn a_question_about_too_many_keys_is_said_to_be_too_much() {
    let (sealed, ring) = (sealed_over_years(150), &old_ring().0);
    assert!(unseal_with(&sealed, ring, ALL).is_ok(), "a controller unseals it");
    assert_eq!(opens(&sealed, ring), Verdict::TooMuch);
    assert_eq!(reseal_to_newest(&sealed, ring).err(), Some(ResealError::TooMuch));
}

/// Its keys of years are tried on envelopes that are another cluster's, and that is no failure of the object.
#[test]
fn a_second_cluster_with_many_keys_reseals_many_items() {
    let (ring, certificates) = old_ring();
    let first = Certificate::from_pem(A.1).unwrap();
    let others = vec![OtherRecipient::Certificate(certificates.last().unwrap())];
    let secret = SecretToSeal {
        metadata: serde_json::from_value(json!({ "namespace": "ns", "name": "name" })).unwrap(),
        type_: None,
        immutable: None,
        data: (0..25).map(|item| (format!("i{item}"), Plaintext::new(Vec::new()))).collect(),
    };
    let sealed = seal_secret_for(&mut SysRng, &SealFor { first: &first, others }, &secret).unwrap();
    let resealed = reseal_to_newest(&sealed, ring).unwrap();
    assert_eq!(resealed.encrypted_data, sealed.spec.encrypted_data);
}
