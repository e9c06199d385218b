//! The order of keys is the controller's.

use super::*;
use envelope::{PrivateKey, issue};
use jiff::SignedDuration;
use k8s_openapi::ByteString;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use rand::rngs::SysRng;
use std::collections::BTreeMap;

/// A key whose certificate begins at one second, in a Secret made at another.
fn stored(name: &str, not_before: i64, created: i64) -> StoredKey {
    let at = |second| Timestamp::from_second(second).unwrap();
    let private = PrivateKey::from_pem(include_str!("../../../tests/fixtures/test-only.key")).unwrap();
    let certificate =
        issue(&mut SysRng, &private, "", at(not_before), SignedDuration::from_hours(1)).unwrap();
    let bytes = |text: &str| ByteString(text.as_bytes().to_vec());
    StoredKey::read(ObservedSecret::Whole(Secret {
        metadata: ObjectMeta {
            name: Some(name.into()),
            creation_timestamp: Some(Time(at(created))),
            ..ObjectMeta::default()
        },
        type_: Some("kubernetes.io/tls".into()),
        data: Some(BTreeMap::from([
            ("tls.crt".into(), bytes(&certificate.to_pem())),
            ("tls.key".into(), bytes(&private.to_pkcs1_pem().unwrap())),
        ])),
        ..Secret::default()
    }))
}

#[test]
fn a_certificate_from_the_future_makes_no_key_newer() {
    let mut keys =
        [stored("future", 4_000_000_000, 1_000), stored("old", 10, 3_000), stored("new", 2_000, 2_000)];
    keys.sort_by_key(StoredKey::order);
    let ring = sealing::KeyRing::new(keys.iter().filter_map(|key| key.key().ok().cloned()));
    let of_ring: Vec<&str> = ring.iter().map(SealingKey::name).collect();
    let of_store: Vec<String> = keys.iter().map(StoredKey::name).collect();
    assert_eq!(of_store, ["new", "future", "old"]);
    assert_eq!(of_ring, of_store);
    assert!(keys[0].is_same(&keys[2]) && keys[0].fingerprint() != keys[2].fingerprint());
}
