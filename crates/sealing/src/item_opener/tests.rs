//! The number of private-key operations.

use super::*;
use crate::{OtherRecipient, SealFor, SealingKey, SecretToSeal, seal_secret_for};
use api::annotations::CERTIFICATE_FINGERPRINT;
use envelope::{KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SysRng;
use serde_json::json;
use std::cell::Cell;
use std::sync::Arc;

fn key(number: i64) -> Arc<SealingKey> {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let since = Timestamp::from_second(1_700_000_000 + number).unwrap();
    let certificate = issue(&mut SysRng, &private, "", since, SignedDuration::from_hours(1)).unwrap();
    Arc::new(SealingKey::new(format!("k{number}"), KeyPair::new(private, certificate).unwrap()))
}

/// The oldest of three keys opens twenty items by one entry: each try on an item itself would fail, and be counted.
#[test]
fn entries_cost_one_operation_for_all_items_of_a_group() {
    let (first, keys) = (key(0), [key(1), key(2), key(3)]);
    let others = vec![OtherRecipient::Certificate(keys[0].pair().certificate())];
    let secret = SecretToSeal {
        metadata: serde_json::from_value(json!({ "namespace": "ns", "name": "name" })).unwrap(),
        type_: None,
        immutable: None,
        data: (0..20).map(|number| (format!("item-{number}"), Plaintext::new(vec![number]))).collect(),
    };
    let to = SealFor { first: first.pair().certificate(), others };
    let sealed = seal_secret_for(&mut SysRng, &to, &secret).unwrap();
    let ring = KeyRing::new(keys);
    let opener = ItemOpener::bounded(&sealed.metadata, &ring, &[]);
    for (name, item) in &sealed.spec.encrypted_data {
        assert!(opener.open(name, item).is_ok(), "{name}");
    }
    assert_eq!((opener.entries.operations(), opener.trials.tries_in_vain()), (1, 0));
}

/// Without a hint: the key that opened other objects comes first. With one, the hint does, and a key that is not in the ring is passed over.
#[test]
fn a_likely_key_is_tried_before_newer_ones() {
    let keys = [key(1), key(2), key(3)];
    let secret = SecretToSeal {
        metadata: serde_json::from_value(json!({ "namespace": "ns", "name": "name" })).unwrap(),
        type_: None,
        immutable: None,
        data: (0..3).map(|number| (format!("item-{number}"), Plaintext::new(vec![number]))).collect(),
    };
    let to = SealFor { first: keys[0].pair().certificate(), others: Vec::new() };
    let hinted = seal_secret_for(&mut SysRng, &to, &secret).unwrap();
    let mut plain = hinted.clone();
    plain.metadata.annotations.as_mut().map(|annotations| annotations.remove(CERTIFICATE_FINGERPRINT));
    let ring = KeyRing::new(keys.iter().map(Arc::clone));
    let [oldest, middle, _] = keys.each_ref().map(|key| key.fingerprint());
    let gone = key(0).fingerprint();
    for (sealed, likely, expected) in [
        (&plain, &[][..], 2),
        (&plain, &[oldest], 0),
        (&plain, &[gone, oldest], 0),
        (&plain, &[middle, oldest], 1),
        (&plain, &[oldest, middle], 0),
        (&plain, &[gone], 2),
        (&hinted, &[middle], 0),
    ] {
        let opener = ItemOpener::bounded(&sealed.metadata, &ring, likely);
        for (name, item) in &sealed.spec.encrypted_data {
            assert!(opener.open(name, item).is_ok(), "{name}");
        }
        assert_eq!(opener.trials.tries_in_vain(), expected, "{likely:?}");
    }
}

/// A request calls what it is given before each operation with a private key, on items and on entries.
#[test]
fn others_have_a_turn_before_each_operation_of_a_request() {
    let keys = [key(1), key(2), key(3)];
    let metadata = || serde_json::from_value(json!({ "namespace": "ns", "name": "name" })).unwrap();
    let data = || (0..5).map(|number| (format!("item-{number}"), Plaintext::new(vec![number]))).collect();
    let secret = SecretToSeal { metadata: metadata(), type_: None, immutable: None, data: data() };
    let oldest = keys[0].pair().certificate();
    let alone = SealFor { first: oldest, others: Vec::new() };
    let other = key(0);
    let others = vec![OtherRecipient::Certificate(oldest)];
    let by_entry = SealFor { first: other.pair().certificate(), others };
    let ring = KeyRing::new(keys.iter().map(Arc::clone));
    for (to, is_by_entry) in [(alone, false), (by_entry, true)] {
        let mut sealed = seal_secret_for(&mut SysRng, &to, &secret).unwrap();
        // All keys are tried, the newest first.
        sealed.metadata.annotations.as_mut().map(|annotations| annotations.remove(CERTIFICATE_FINGERPRINT));
        let turns = Cell::new(0);
        let before_each = || turns.set(turns.get() + 1);
        let opener = ItemOpener::for_request(&sealed.metadata, &ring, &before_each);
        for (name, item) in &sealed.spec.encrypted_data {
            assert!(opener.open_or_not(Some(name), item).is_some(), "{name}");
        }
        let operations = opener.entries.operations();
        assert_eq!(operations, u32::from(is_by_entry));
        // Two keys in vain for the first item, and one operation for each.
        assert_eq!(turns.get(), operations + if is_by_entry { 0 } else { 2 + 5 });
    }
}
