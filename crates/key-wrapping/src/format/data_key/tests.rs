//! What a data key encrypts, and what it authenticates.

use super::*;
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use std::collections::BTreeMap;

fn context() -> Context {
    Context {
        fingerprint: "ab".repeat(32).parse().unwrap(),
        cluster_name: "prod".parse().unwrap(),
        since: "2026-01-02T03:04:05Z".parse().unwrap(),
    }
}

fn slot(uri: &str) -> Slot {
    Slot { uri: uri.into(), key_id: "1".into(), wrapped: vec![1], annotations: BTreeMap::new() }
}

#[test]
fn decrypts_in_its_context_alone() {
    let key = DataKey::generate().unwrap();
    let encrypted = key.encrypt(b"private", &context()).unwrap();
    assert_eq!(key.decrypt(&encrypted, &context()).unwrap().as_slice(), b"private");
    let others = [
        Context { fingerprint: "ac".repeat(32).parse().unwrap(), ..context() },
        Context { cluster_name: "test".parse().unwrap(), ..context() },
        Context { since: "2026-01-02T03:04:06Z".parse().unwrap(), ..context() },
    ];
    for other in others {
        assert_eq!(key.decrypt(&encrypted, &other), Err(NotDecrypted), "{other:?}");
    }
    assert_eq!(DataKey::generate().unwrap().decrypt(&encrypted, &context()), Err(NotDecrypted));
    for length in 0..encrypted.len() {
        assert_eq!(key.decrypt(&encrypted[..length], &context()), Err(NotDecrypted), "{length}");
    }
    for index in 0..encrypted.len() {
        let mut changed = encrypted.clone();
        changed[index] ^= 1;
        assert_eq!(key.decrypt(&changed, &context()), Err(NotDecrypted), "{index}");
    }
}

#[test]
fn another_implementation_decrypts_it_under_the_subkey() {
    let key = DataKey::take(vec![7; 32]).unwrap();
    let encrypted = key.encrypt(b"private", &context()).unwrap();
    let subkey = key.subkey(ENCRYPTS).unwrap();
    let other = Aes256Gcm::new_from_slice(&*subkey).unwrap();
    let nonce = encrypted[..12].try_into().unwrap();
    let payload = Payload { msg: &encrypted[12..], aad: &context().associated_data() };
    assert_eq!(other.decrypt(&nonce, payload).unwrap(), b"private");
}

#[test]
fn the_mac_covers_each_slot_and_their_order() {
    let key = DataKey::generate().unwrap();
    let (a, b) = (slot("a"), slot("b"));
    let mac = key.authenticate(&[a.clone(), b.clone()]).unwrap();
    assert!(key.verify(&[a.clone(), b.clone()], &mac));
    let renamed = Slot { key_id: "2".into(), ..a.clone() };
    let annotated = Slot { annotations: BTreeMap::from([("x.example".into(), vec![1])]), ..a.clone() };
    let rewrapped = Slot { wrapped: vec![2], ..a.clone() };
    let lists: [&[Slot]; 7] = [
        &[],
        std::slice::from_ref(&a),
        &[b.clone(), a.clone()],
        &[a.clone(), b.clone(), b.clone()],
        &[renamed, b.clone()],
        &[annotated, b.clone()],
        &[rewrapped, b],
    ];
    for slots in lists {
        assert!(!key.verify(slots, &mac), "{slots:?}");
    }
}

#[test]
fn a_data_key_has_32_bytes_and_shows_none_of_them() {
    for length in [0, 16, 31, 33] {
        assert!(DataKey::take(vec![1; length]).is_none(), "{length}");
    }
    let key = DataKey::take(vec![0xab; 32]).unwrap();
    assert_eq!((key.bytes(), format!("{key:?}").as_str()), (&[0xab; 32][..], "DataKey"));
}
