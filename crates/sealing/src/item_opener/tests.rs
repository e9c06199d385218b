//! The number of private-key operations.

use super::*;
use crate::{OtherRecipient, SealFor, SealingKey, SecretToSeal, seal_secret_for};
use envelope::{KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SysRng;
use serde_json::json;
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
    let opener = ItemOpener::bounded(&sealed.metadata, &ring);
    for (name, item) in &sealed.spec.encrypted_data {
        assert!(opener.open(name, item).is_ok(), "{name}");
    }
    assert_eq!((opener.entries.operations(), opener.trials.tries_in_vain()), (1, 0));
}
