//! Several keys: their order, the newest for resealing, and those that an object needs.

use super::keys_and_objects::{A, B, key, one_item, opens, reseal_to_newest, ring, seal};
use api::{Scope, SealedSecret};
use envelope::{Certificate, KeyPair, PrivateKey, issue};
use jiff::SignedDuration;
use rand::rngs::SysRng;
use sealing::{KeyRing, Needs, ScopeChange, SealingKey, Unstated, Verdict, needs, seal_item};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Key B with a certificate that begins after A's.
fn newer_key() -> SealingKey {
    let private = PrivateKey::from_pem(B.0).unwrap();
    let later = Certificate::from_pem(A.1).unwrap().not_before() + SignedDuration::from_hours(1);
    let certificate = issue(&mut SysRng, &private, "", later, SignedDuration::from_hours(1)).unwrap();
    SealingKey::new("newer".into(), KeyPair::new(private, certificate).unwrap())
}

#[test]
fn resealing_moves_to_the_newest_key_and_keeps_place_and_scope() {
    let mut sealed = seal(json!({ "namespace": "ns", "name": "name" }), one_item());
    let newer = Arc::new(newer_key());
    let newest = KeyRing::new([Arc::clone(&newer)]);
    let both = KeyRing::new([newer, key(A)]);
    assert_eq!(opens(&sealed, &newest), Verdict::DoesNotOpen);
    assert_eq!(opens(&sealed, &both), Verdict::Opens);

    sealed.spec.encrypted_data = reseal_to_newest(&sealed, &both).unwrap().encrypted_data;
    assert_eq!(opens(&sealed, &newest), Verdict::Opens);
    sealed.metadata.name = Some("other".into());
    assert_eq!(opens(&sealed, &newest), Verdict::DoesNotOpen, "still bound to its name");
    assert!(reseal_to_newest(&sealed, &both).is_err());
}

#[test]
fn rings_are_newest_first_and_hold_a_key_once() {
    let ring = KeyRing::new([key(A), key(B), key(A)]);
    assert_eq!(ring.len(), 2);
    let dates: Vec<_> = ring.iter().map(|key| key.pair().certificate().not_before()).collect();
    assert!(dates.is_sorted_by(|newer, older| newer >= older));
    assert_eq!(ring.newest().unwrap().fingerprint(), ring.iter().next().unwrap().fingerprint());
}

#[test]
fn the_keys_that_an_object_needs_are_found() {
    let (a, b) = (key(A).fingerprint(), key(B).fingerprint());
    let needs = |sealed: &SealedSecret| needs(&sealed.metadata, &sealed.spec, ring());
    let mut sealed = seal(json!({ "name": "n", "namespace": "ns" }), one_item());
    assert_eq!(needs(&sealed), Needs { keys: [a].into(), unopened: false, unstated: None });

    let label = Scope::Strict.label("ns", "n");
    let other = seal_item(&mut SysRng, key(B).pair().certificate(), &label, b"x").unwrap();
    sealed.spec.encrypted_data.insert("other".into(), other);
    assert_eq!(needs(&sealed), Needs { keys: [a, b].into(), unopened: false, unstated: None });

    // Of the wrong scope, it still needs its key; of the wrong name, it is not known.
    let mut wider = sealed.clone();
    let annotations = wider.metadata.annotations.get_or_insert_default();
    annotations.insert(api::annotations::CLUSTER_WIDE.into(), "true".into());
    let change = ScopeChange { add: None, remove: vec![api::annotations::CLUSTER_WIDE] };
    let unstated = Some(Unstated::Annotations(change));
    assert_eq!(needs(&wider), Needs { keys: [a, b].into(), unopened: false, unstated });
    let wide =
        seal_item(&mut SysRng, key(A).pair().certificate(), &Scope::ClusterWide.label("ns", "n"), b"x");
    wider.spec.encrypted_data.insert("wide".into(), wide.unwrap());
    assert_eq!(needs(&wider).unstated, Some(Unstated::SeveralScopes));
    let mut moved = sealed.clone();
    moved.metadata.name = Some("other".into());
    assert_eq!(needs(&moved), Needs { keys: [].into(), unopened: true, unstated: None });
    sealed.spec.encrypted_data.insert("broken".into(), "%".into());
    assert_eq!(needs(&sealed), Needs { keys: [a, b].into(), unopened: true, unstated: None });

    // However much of it does not open, and whatever its hint says.
    let elsewhere = Scope::Strict.label("ns", "elsewhere");
    let foreign = seal_item(&mut SysRng, key(A).pair().certificate(), &elsewhere, b"x").unwrap();
    let mut wasteful = sealed.clone();
    let last = wasteful.spec.encrypted_data.remove("other").unwrap();
    wasteful.spec.encrypted_data = (0..150).map(|index| (format!("a{index}"), foreign.clone())).collect();
    wasteful.spec.encrypted_data.insert("last".into(), last);
    assert_eq!(needs(&wasteful), Needs { keys: [b].into(), unopened: true, unstated: None });

    let data = seal_item(&mut SysRng, key(B).pair().certificate(), &label, b"{}").unwrap();
    let mut deprecated = seal(json!({ "name": "n", "namespace": "ns" }), BTreeMap::new());
    deprecated.spec.data = Some(data);
    assert_eq!(needs(&deprecated), Needs { keys: [b].into(), unopened: false, unstated: None });
}
