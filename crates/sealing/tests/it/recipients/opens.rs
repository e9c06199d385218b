//! Who opens a SealedSecret for several recipients, and with which keys.

use super::super::keys_and_objects::{A, ALL, B, key, unseal_with};
use super::sealed::{absent, certificate, read, ring_of, sealed, sealed_elsewhere_for, sealed_to};
use api::Scope;
use api::annotations::{CERTIFICATE_FINGERPRINT, CLUSTER_WIDE, RECIPIENTS};
use envelope::{KeyPair, PrivateKey, issue};
use jiff::SignedDuration;
use rand::rngs::SysRng;
use sealing::{
    Diagnosis, ItemErrorKind, KeyRing, Keys, Needs, ScopeChange, SealFor, SealingKey, change_recipients,
    needs, seal_item,
};
use std::sync::Arc;

#[test]
fn each_recipient_opens_it_and_no_other_key_does() {
    let sealed = sealed(&[("a", "1"), ("b", "2")]);
    for key in [A, B] {
        assert_eq!(read(&sealed, key, "a").as_deref(), Ok("1"));
        assert_eq!(read(&sealed, key, "b").as_deref(), Ok("2"));
        let by = unseal_with(&sealed, &ring_of(key), ALL).unwrap().opened_by;
        assert_eq!(by.into_iter().collect::<Vec<_>>(), [certificate(key).fingerprint()]);
    }
    let mut plain = sealed.clone();
    plain.metadata.annotations.as_mut().unwrap().remove(RECIPIENTS);
    assert_eq!(
        read(&plain, A, "a").as_deref(),
        Ok("1"),
        "upstream's controller, which does not know the annotation"
    );
    assert_eq!(read(&plain, B, "a"), Err(absent(A)));
}

#[test]
fn entries_are_bound_to_namespace_name_and_scope() {
    let sealed = sealed(&[("a", "1")]);
    for (field, value) in [("name", "other"), ("namespace", "other")] {
        let mut moved = serde_json::to_value(&sealed).unwrap();
        moved["metadata"][field] = value.into();
        let place = if field == "name" { "ns/other" } else { "other/name" };
        let expected = Err(sealed_elsewhere_for(B, place));
        assert_eq!(read(&serde_json::from_value(moved).unwrap(), B, "a"), expected, "{field}");
    }
    let mut wider = sealed.clone();
    Scope::ClusterWide.annotate(wider.metadata.annotations.as_mut().unwrap());
    let change = ScopeChange { add: None, remove: vec![CLUSTER_WIDE] };
    let strict = Diagnosis::OtherScope { sealed: Scope::Strict, change };
    assert_eq!(read(&wider, B, "a"), Err(ItemErrorKind::NoKeyOpens(strict)));
}

/// Upstream's `--merge-into` and `--re-encrypt` change items and leave the annotation as it was.
#[test]
fn an_item_that_upstream_changed_says_so_where_it_does_not_open() {
    let mut sealed = sealed(&[("a", "1"), ("b", "2")]);
    let changed = seal_item(&mut SysRng, &certificate(A), b"ns/name", b"3").unwrap();
    sealed.spec.encrypted_data.insert("a".into(), changed);
    assert_eq!(read(&sealed, A, "a").as_deref(), Ok("3"));
    let fingerprint = certificate(A).fingerprint();
    assert_eq!(read(&sealed, B, "a"), Err(ItemErrorKind::EntryOutdated { sealed_to: Some(fingerprint) }));
    let error = unseal_with(&sealed, &ring_of(B), ALL).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "no key could decrypt secret (a): changed by a program that does not know the annotation {RECIPIENTS}, so that it \
             is sealed to one certificate only ({}); seal it again for all its clusters",
            fingerprint.short()
        )
    );
    assert!(error.wants_key(), "the key may come back from a backup");
}

#[test]
fn the_keys_of_entries_are_needed() {
    let sealed = sealed(&[("a", "1")]);
    for key in [A, B] {
        let found = needs(&sealed.metadata, &sealed.spec, &ring_of(key));
        let expected =
            Needs { keys: [certificate(key).fingerprint()].into(), unopened: false, unstated: None };
        assert_eq!(found, expected);
    }
    // An envelope for an older key of the same cluster: upstream's controller opens it with that key.
    let both = KeyRing::new([key(A), key(B)]);
    let (newer, older) =
        if both.newest().unwrap().fingerprint() == key(A).fingerprint() { (A, B) } else { (B, A) };
    let needed = |first, second| {
        let sealed = sealed_to(first, second, &[("a", "1")]);
        needs(&sealed.metadata, &sealed.spec, &both).keys.len()
    };
    assert_eq!((needed(older, newer), needed(newer, older)), (2, 1));
}

#[test]
fn the_hint_names_the_first_certificate() {
    let sealed = sealed(&[("a", "1")]);
    let hint = &sealed.metadata.annotations.as_ref().unwrap()[CERTIFICATE_FINGERPRINT];
    assert_eq!(*hint, certificate(A).fingerprint().to_string());
}

/// A private key from a PEM file comes without its certificate, so that its fingerprint is not known.
#[test]
fn a_user_opens_entries_with_a_key_whose_certificate_is_unknown() {
    let before = sealed(&[("a", "1")]);
    let private = PrivateKey::from_pem(B.0).unwrap();
    let start = certificate(B).not_before();
    let made = issue(&mut SysRng, &private, "", start, SignedDuration::from_hours(1)).unwrap();
    let ring = KeyRing::new([Arc::new(SealingKey::new("b".into(), KeyPair::new(private, made).unwrap()))]);
    let keys = Keys { ring: &ring, age: None };
    let to = certificate(B);
    let opened = change_recipients(&mut SysRng, &before.metadata, &before.spec, keys, &SealFor::one(&to));
    assert!(opened.is_ok(), "{opened:?}");
    assert!(unseal_with(&before, &ring, ALL).is_err(), "a controller tries the keys that are named");
}
