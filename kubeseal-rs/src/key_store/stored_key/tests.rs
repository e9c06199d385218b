//! The order of keys is the controller's, and what a key is, its type says.

use super::*;
use api::sealing_key::{LABEL, SECRET_TYPE, WRAPPED_TYPE};
use envelope::{KeyPair, PrivateKey, issue};
use jiff::SignedDuration;
use k8s_openapi::ByteString;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use key_wrapping::{KeyProviders, ProviderEnvironment};
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
    let ring = sealing::KeyRing::new(keys.iter().filter_map(|key| key.plain().cloned()));
    let of_ring: Vec<&str> = ring.iter().map(SealingKey::name).collect();
    let of_store: Vec<String> = keys.iter().map(StoredKey::name).collect();
    assert_eq!(of_store, ["new", "future", "old"]);
    assert_eq!(of_ring, of_store);
    assert!(keys[0].is_same(&keys[2]) && keys[0].fingerprint() != keys[2].fingerprint());
}

/// A key pair of the fixture, and what `wrapped.json` has of it.
fn wrapped_json(since: &str) -> (String, String, Vec<u8>) {
    let private = PrivateKey::from_pem(include_str!("../../../tests/fixtures/test-only.key")).unwrap();
    let certificate =
        issue(&mut SysRng, &private, "", Timestamp::UNIX_EPOCH, SignedDuration::from_hours(1)).unwrap();
    let (certificate_text, private_text) =
        (certificate.to_pem(), private.to_pkcs1_pem().unwrap().to_string());
    let pair = KeyPair::new(private, certificate).unwrap();
    let recipient = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45".parse().unwrap();
    let age = key_wrapping::connect(&recipient, &ProviderEnvironment::default()).unwrap();
    let providers = KeyProviders::new("prod".parse().unwrap(), vec![age], Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let wrapped = runtime.block_on(providers.wrap(&pair, since.parse().unwrap())).unwrap();
    (certificate_text, private_text, wrapped.to_json())
}

fn secret(name: &str, type_: &str, label: Option<&str>, data: &[(&str, &[u8])]) -> StoredKey {
    let data = data.iter().map(|(name, value)| ((*name).into(), ByteString(value.to_vec()))).collect();
    StoredKey::read(ObservedSecret::Whole(Secret {
        metadata: ObjectMeta {
            name: Some(name.into()),
            namespace: Some("kube-system".into()),
            creation_timestamp: Some(Time(Timestamp::from_second(4_000_000_000).unwrap())),
            labels: label.map(|label| BTreeMap::from([(LABEL.into(), label.into())])),
            ..ObjectMeta::default()
        },
        type_: Some(type_.into()),
        data: Some(data),
        ..Secret::default()
    }))
}

#[test]
fn what_a_key_is_its_type_says_and_not_its_label() {
    let (certificate, private, json) = wrapped_json("2026-01-02T03:04:05Z");
    let plain = |label| {
        secret(
            "a",
            SECRET_TYPE,
            label,
            &[("tls.crt", certificate.as_bytes()), ("tls.key", private.as_bytes())],
        )
    };
    let wrapped = |label| {
        secret("b", WRAPPED_TYPE, label, &[("tls.crt", certificate.as_bytes()), ("wrapped.json", &json)])
    };
    let cases = [
        (Some("active"), State::Active, State::Unusable),
        (None, State::Active, State::Unusable),
        (Some("wrapped"), State::Unusable, State::Active),
        (Some("escrow"), State::Unusable, State::Escrow),
        (Some("retired"), State::Retired, State::Retired),
        (Some("compromised"), State::Compromised, State::Compromised),
        (Some("other"), State::Inactive, State::Inactive),
    ];
    for (label, as_plain, as_wrapped) in cases {
        assert_eq!((plain(label).state(), wrapped(label).state()), (as_plain, as_wrapped), "{label:?}");
    }
    let command = |secret: &str, label: &str| {
        format!("`kubectl label secret -n kube-system {secret} {LABEL}={label} --overwrite`")
    };
    assert!(plain(Some("wrapped")).problem().unwrap().ends_with(&command("a", "active")));
    assert!(wrapped(Some("active")).problem().unwrap().ends_with(&command("b", "wrapped")));
    assert_eq!(wrapped(Some("wrapped")).problem(), None);

    // A wrapped key has its own date, also where its certificate and its Secret have others.
    let since: Option<Timestamp> = "2026-01-02T03:04:05Z".parse().ok();
    let key = wrapped(Some("wrapped"));
    assert_eq!((key.since(), key.since_by_creation()), (since, since));

    // Of one in both forms, the wrapped one counts. An escrow copy is no key of its own.
    let keys = [plain(Some("active")), wrapped(Some("wrapped")), wrapped(Some("escrow"))];
    let active: Vec<String> = active_keys(&keys).map(StoredKey::name).collect();
    assert!(active == ["b"] && is_superseded(&keys, &keys[0]) && is_escrow_copy(&keys, &keys[2]));
    let keys = [plain(Some("active")), wrapped(Some("escrow"))];
    let active: Vec<String> = active_keys(&keys).map(StoredKey::name).collect();
    assert!(active == ["a"] && !is_superseded(&keys, &keys[0]));
    assert!(!is_escrow_copy(&keys[1..], &keys[1]), "it is all that is left of the key");
}

#[test]
fn what_cannot_be_read_is_named_without_its_content() {
    let (certificate, _, json) = wrapped_json("2026-01-02T03:04:05Z");
    let certificate = certificate.as_bytes();
    let mut cut = json.clone();
    cut.truncate(json.len() - 9);
    let damaged = String::from_utf8(json.clone()).unwrap().replace("\"slots\":[{", "\"slots\":[],\"x\":[{");
    for (data, problem) in [
        (vec![("tls.crt", certificate)], "it has no wrapped.json"),
        (vec![("wrapped.json", &*json)], "it has no tls.crt"),
        (vec![("tls.crt", b"x".as_slice()), ("wrapped.json", &*json)], "its tls.crt is no certificate"),
        (vec![("tls.crt", certificate), ("wrapped.json", &*cut)], "its wrapped.json "),
        (vec![("tls.crt", certificate), ("wrapped.json", damaged.as_bytes())], "its wrapped.json "),
    ] {
        for label in ["wrapped", "escrow"] {
            let key = secret("b", WRAPPED_TYPE, Some(label), &data);
            let found = key.problem().unwrap();
            assert!(found.starts_with(problem) && found.len() < 200, "{found}");
            assert_eq!(key.state(), State::Unusable, "{found}");
        }
    }
}
