//! Seals Secrets and unseals them again: what comes back, and what must not be passed on.

use super::keys_and_objects::{A, ALL, B, key, one_item, open, opens, ring, seal, unseal_with};
use api::Scope;
use api::annotations::{CERTIFICATE_FINGERPRINT, LAST_APPLIED};
use envelope::Certificate;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use proptest::prelude::*;
use rand::rngs::SysRng;
use sealing::{Accepted, Diagnosis, ItemErrorKind, KeyRing, UnsealError, Verdict, seal_item};
use serde_json::json;
use std::collections::BTreeMap;

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
fn a_missing_key_and_damage_are_different_errors() {
    let sealed = seal(json!({ "namespace": "ns", "name": "name" }), one_item());
    let error = unseal_with(&sealed, &KeyRing::new([key(B)]), ALL).unwrap_err();
    assert!(error.wants_key());
    let UnsealError::Items(errors) = &error else { panic!("{error}") };
    let noted = key(A).fingerprint();
    assert_eq!(errors[0].kind, ItemErrorKind::NoKeyOpens(Diagnosis::AbsentKey(noted)));
    assert!(error.to_string().starts_with("no key could decrypt secret (password): "), "{error}");
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
