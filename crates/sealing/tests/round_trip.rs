//! Seals Secrets and unseals them again: what comes back, and what must not be passed on.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use api::annotations::{CERTIFICATE_FINGERPRINT, LAST_APPLIED};
use api::{Scope, SealedSecret};
use envelope::{Certificate, KeyPair, KeySize, Plaintext, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use proptest::prelude::*;
use rand::rngs::SysRng;
use sealing::{
    Accepted, ItemFault, KeyRing, Needs, Outside, ResealError, SealingKey, SecretToSeal, UnsealError,
    UnsealedSecret, Verdict, needs, reseal, seal_item, seal_secret, unseal, verify,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

const A: (&str, &str) = (
    include_str!("../../envelope/tests/keys/a.pkcs1.pem"),
    include_str!("../../envelope/tests/keys/a.crt.pem"),
);
const B: (&str, &str) = (
    include_str!("../../envelope/tests/keys/b.pkcs8.pem"),
    include_str!("../../envelope/tests/keys/b.crt.pem"),
);

const ALL: Accepted = Accepted { deprecated_data: true };

fn key((private, certificate): (&str, &str)) -> Arc<SealingKey> {
    Arc::new(SealingKey::new("key".into(), KeyPair::from_pem(private, certificate).unwrap()))
}

/// Key B with a certificate that begins after A's.
fn newer_key() -> SealingKey {
    let private = PrivateKey::from_pem(B.0).unwrap();
    let later = Certificate::from_pem(A.1).unwrap().not_before() + SignedDuration::from_hours(1);
    let certificate = issue(&mut SysRng, &private, "", later, SignedDuration::from_hours(1)).unwrap();
    SealingKey::new("newer".into(), KeyPair::new(private, certificate).unwrap())
}

fn ring() -> &'static KeyRing {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    RING.get_or_init(|| KeyRing::new([key(B), key(A)]))
}

fn seal(metadata: serde_json::Value, data: BTreeMap<String, Vec<u8>>) -> SealedSecret {
    let secret = SecretToSeal {
        metadata: serde_json::from_value(metadata).unwrap(),
        type_: Some("kubernetes.io/basic-auth".into()),
        immutable: Some(true),
        data: data.into_iter().map(|(key, value)| (key, Plaintext::new(value))).collect(),
    };
    seal_secret(&mut SysRng, &Certificate::from_pem(A.1).unwrap(), secret).unwrap()
}

fn reseal_to_newest(sealed: &SealedSecret, ring: &KeyRing) -> Result<BTreeMap<String, String>, ResealError> {
    let newest = ring.newest().unwrap().pair().certificate();
    reseal(&mut SysRng, &sealed.metadata, &sealed.spec, ring, newest)
}

fn opens(sealed: &SealedSecret, ring: &KeyRing) -> Verdict {
    verify(&sealed.metadata, &sealed.spec, ring, ALL)
}

fn open(sealed: &SealedSecret) -> Result<UnsealedSecret, UnsealError> {
    unseal_with(sealed, ring(), ALL)
}

fn unseal_with(
    sealed: &SealedSecret,
    ring: &KeyRing,
    accepted: Accepted,
) -> Result<UnsealedSecret, UnsealError> {
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    let outside = Outside { now: Timestamp::UNIX_EPOCH, random: &mut random };
    unseal(&sealed.metadata, &sealed.spec, ring, accepted, outside)
}

fn one_item() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([("password".to_owned(), b"hunter2".to_vec())])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_sealed_unseals(
        data in prop::collection::btree_map("[-._a-zA-Z0-9]{1,60}", prop::collection::vec(any::<u8>(), 0..200), 0..4),
        scope in prop::sample::select(Scope::ALL.to_vec()),
        namespace in "[a-z]{1,20}", name in "[a-z.-]{1,20}",
    ) {
        let mut annotations = BTreeMap::new();
        scope.annotate(&mut annotations);
        let sealed = seal(json!({ "namespace": namespace, "name": name, "annotations": annotations }), data.clone());
        // Through text, as it travels.
        let text = serde_json::to_string(&sealed).unwrap();
        let unsealed = open(&serde_json::from_str(&text).unwrap()).unwrap();
        prop_assert_eq!(unsealed.effective_type(), "kubernetes.io/basic-auth");
        prop_assert_eq!(unsealed.immutable, Some(true));
        let opened: BTreeMap<String, Vec<u8>> =
            unsealed.data.iter().map(|(key, value)| (key.clone(), value.expose().to_vec())).collect();
        prop_assert_eq!(opened, data);
    }
}

#[test]
fn values_are_bound_to_their_place() {
    type Move = fn(&mut ObjectMeta);
    let rename: Move = |metadata| metadata.name = Some("other".into());
    let relocate: Move = |metadata| metadata.namespace = Some("other".into());
    let widen: Move = |metadata| Scope::ClusterWide.annotate(metadata.annotations.get_or_insert_default());
    let cases = [
        (Scope::Strict, rename, false),
        (Scope::Strict, relocate, false),
        (Scope::Strict, widen, false),
        (Scope::NamespaceWide, rename, true),
        (Scope::NamespaceWide, relocate, false),
        (Scope::ClusterWide, rename, true),
        (Scope::ClusterWide, relocate, true),
    ];
    for (number, (scope, change, opens)) in cases.into_iter().enumerate() {
        let mut annotations = BTreeMap::new();
        scope.annotate(&mut annotations);
        let mut sealed =
            seal(json!({ "namespace": "ns", "name": "name", "annotations": annotations }), one_item());
        change(&mut sealed.metadata);
        assert_eq!(open(&sealed).is_ok(), opens, "case {number}: {scope}");
    }
}

#[test]
fn what_must_not_be_passed_on_is_not() {
    let sealed = seal(
        json!({
            "namespace": "ns", "name": "name", "uid": "u", "resourceVersion": "1", "generation": 3,
            "creationTimestamp": "2020-01-01T00:00:00Z", "selfLink": "/x",
            "labels": { "app": "shop" },
            "annotations": { LAST_APPLIED[0]: "hunter2", LAST_APPLIED[1]: "hunter2", "keep": "me" },
            "ownerReferences": [{ "apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u" }],
            "managedFields": [{ "manager": "kubectl" }],
        }),
        one_item(),
    );
    let written = serde_json::to_value(&sealed).unwrap();
    assert!(!written.to_string().contains("hunter2"));
    assert_eq!(
        written["spec"]["template"]["metadata"],
        json!({ "namespace": "ns", "name": "name", "labels": { "app": "shop" }, "annotations": { "keep": "me" } })
    );
    let fingerprint = Certificate::from_pem(A.1).unwrap().fingerprint().to_string();
    assert_eq!(
        written["metadata"],
        json!({ "namespace": "ns", "name": "name", "annotations": { CERTIFICATE_FINGERPRINT: fingerprint } })
    );
}

#[test]
fn a_key_that_is_gone_is_told_from_damage() {
    let sealed = seal(json!({ "namespace": "ns", "name": "name" }), one_item());
    let error = unseal_with(&sealed, &KeyRing::new([key(B)]), ALL).unwrap_err();
    assert!(error.wants_key());
    let UnsealError::Items(errors) = &error else { panic!("{error}") };
    assert_eq!(errors[0].fault, ItemFault::NoKeyOpens);
    assert!(error.to_string().starts_with("no key could decrypt secret (password): "), "{error}");
}

#[test]
fn resealing_moves_to_the_newest_key_and_keeps_place_and_scope() {
    let mut sealed = seal(json!({ "namespace": "ns", "name": "name" }), one_item());
    let newer = Arc::new(newer_key());
    let newest = KeyRing::new([Arc::clone(&newer)]);
    let both = KeyRing::new([newer, key(A)]);
    assert_eq!(opens(&sealed, &newest), Verdict::DoesNotOpen);
    assert_eq!(opens(&sealed, &both), Verdict::Opens);

    sealed.spec.encrypted_data = reseal_to_newest(&sealed, &both).unwrap();
    assert_eq!(opens(&sealed, &newest), Verdict::Opens);
    sealed.metadata.name = Some("other".into());
    assert_eq!(opens(&sealed, &newest), Verdict::DoesNotOpen, "still bound to its name");
    assert!(reseal_to_newest(&sealed, &both).is_err());
}

#[test]
fn the_deprecated_form_opens_where_it_is_accepted_and_stands_alone() {
    let secret = json!({
        "metadata": { "name": "evil", "namespace": "evil", "labels": { "a": "b" } }, "type": "kubernetes.io/basic-auth",
        "data": { "password": "aHVudGVyMg==" }, "stringData": { "username": "bob" },
    });
    let certificate = Certificate::from_pem(A.1).unwrap();
    let label = Scope::Strict.label("ns", "name");
    let whole = seal_item(&mut SysRng, &certificate, &label, secret.to_string().as_bytes()).unwrap();
    let mut sealed = seal(json!({ "namespace": "ns", "name": "name" }), BTreeMap::new());
    sealed.spec.data = Some(whole);
    let opened = open(&sealed).unwrap();
    assert_eq!(opened.metadata.name.as_deref(), Some("name"));
    assert_eq!(opened.metadata.namespace.as_deref(), Some("ns"));
    assert_eq!(opened.metadata.labels.as_ref().unwrap()["a"], "b");
    assert_eq!(opened.effective_type(), "kubernetes.io/basic-auth");
    assert_eq!(
        (opened.data["password"].expose(), opened.data["username"].expose()),
        (&b"hunter2"[..], &b"bob"[..])
    );

    assert_eq!(opens(&sealed, ring()), Verdict::Opens);
    let refused = unseal_with(&sealed, ring(), Accepted { deprecated_data: false });
    assert_eq!(refused.unwrap_err(), UnsealError::DeprecatedData);
    sealed.spec.encrypted_data.insert("x".into(), "y".into());
    assert_eq!(open(&sealed).unwrap_err(), UnsealError::BothForms);
    sealed.spec.encrypted_data.clear();
    sealed.spec.data = Some(seal_item(&mut SysRng, &certificate, &label, b"[\"hunter2\"]").unwrap());
    let shape = open(&sealed).unwrap_err();
    assert_eq!(shape, UnsealError::DeprecatedShape);
    assert!(!format!("{shape} {shape:?}").contains("hunter2"));
}

#[test]
fn an_object_made_to_waste_time_wastes_little() {
    // Each of these costs a try with each key under each scope.
    let garbage = (0..2_000).map(|number| (format!("k{number}"), b"x".to_vec())).collect();
    let mut sealed = seal(json!({ "namespace": "ns", "name": "name" }), garbage);
    sealed.metadata.name = Some("other".into());
    let error = open(&sealed).unwrap_err();
    let UnsealError::Items(errors) = &error else { panic!("{error}") };
    assert_eq!(errors.len(), 2_000, "all are named");
    let tried = errors.iter().filter(|error| error.fault != ItemFault::NotTried).count();
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
        // By the number alone: whether too many would open is not told.
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
    assert_eq!(reseal_to_newest(&sealed, ring).unwrap().len(), 40);
}

/// Items that open, each with the key that is tried last.
#[test]
fn an_object_made_to_try_every_key_is_given_up() {
    let (sealed, ring) = (sealed_over_years(1_000), &old_ring().0);
    let error = unseal_with(&sealed, ring, ALL).unwrap_err();
    let UnsealError::Items(errors) = &error else { panic!("{error}") };
    assert!(errors.iter().all(|error| error.fault == ItemFault::NotTried), "{error}");
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
    assert_eq!(needs(&sealed), Needs { keys: [a].into(), unopened: false });

    let label = Scope::Strict.label("ns", "n");
    let other = seal_item(&mut SysRng, key(B).pair().certificate(), &label, b"x").unwrap();
    sealed.spec.encrypted_data.insert("other".into(), other);
    assert_eq!(needs(&sealed), Needs { keys: [a, b].into(), unopened: false });

    // Of the wrong scope, it still needs its key; of the wrong name, it is not known.
    let mut wider = sealed.clone();
    let annotations = wider.metadata.annotations.get_or_insert_default();
    annotations.insert(api::annotations::CLUSTER_WIDE.into(), "true".into());
    assert_eq!(needs(&wider), Needs { keys: [a, b].into(), unopened: false });
    let mut moved = sealed.clone();
    moved.metadata.name = Some("other".into());
    assert_eq!(needs(&moved), Needs { keys: [].into(), unopened: true });
    sealed.spec.encrypted_data.insert("broken".into(), "%".into());
    assert_eq!(needs(&sealed), Needs { keys: [a, b].into(), unopened: true });

    // However much of it does not open, and whatever its hint says.
    let elsewhere = Scope::Strict.label("ns", "elsewhere");
    let foreign = seal_item(&mut SysRng, key(A).pair().certificate(), &elsewhere, b"x").unwrap();
    let mut wasteful = sealed.clone();
    let last = wasteful.spec.encrypted_data.remove("other").unwrap();
    wasteful.spec.encrypted_data = (0..150).map(|index| (format!("a{index}"), foreign.clone())).collect();
    wasteful.spec.encrypted_data.insert("last".into(), last);
    assert_eq!(needs(&wasteful), Needs { keys: [b].into(), unopened: true });

    let data = seal_item(&mut SysRng, key(B).pair().certificate(), &label, b"{}").unwrap();
    let mut deprecated = seal(json!({ "name": "n", "namespace": "ns" }), BTreeMap::new());
    deprecated.spec.data = Some(data);
    assert_eq!(needs(&deprecated), Needs { keys: [b].into(), unopened: false });
}
