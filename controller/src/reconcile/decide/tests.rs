//! The table of cases that `decide` must answer.

use super::*;
use crate::reconcile::target::ExistingSecret;
use api::annotations::{MANAGED, PATCH};
use api::annotations::{NAMESPACE_WIDE, SKIP_SET_OWNER_REFERENCES};
use api::{Scope, SealedSecretSpec};
use envelope::{KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SysRng;
use sealing::{ItemFault, SealingKey, UnsealError, seal_item};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

const UID: &str = "0f1e2d3c-uid";

fn new_key() -> Arc<SealingKey> {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let certificate =
        issue(&mut SysRng, &private, "", Timestamp::now(), SignedDuration::from_hours(1)).unwrap();
    Arc::new(SealingKey::new("key".into(), KeyPair::new(private, certificate).unwrap()))
}

/// RSA keys take a moment to make; the cases share one.
fn key() -> Arc<SealingKey> {
    static KEY: OnceLock<Arc<SealingKey>> = OnceLock::new();
    Arc::clone(KEY.get_or_init(new_key))
}

fn ring() -> KeyRing {
    KeyRing::new([key()])
}

fn rules() -> Rules {
    Rules {
        key_place: KeyPlace { namespace: "kube-system".into(), prefix: "sealed-secrets-key".into() },
        accepted: Accepted { deprecated_data: true },
        drift: false,
    }
}

fn sealed_value(scope: Scope, value: &str) -> String {
    let label = scope.label("ns", "name");
    seal_item(&mut SysRng, key().pair().certificate(), &label, value.as_bytes()).unwrap()
}

/// A SealedSecret `ns/name` with one item, `password`; `change` is merged over it.
fn sealed(change: Value) -> ObservedSealedSecret {
    let mut object = json!({
        "metadata": { "namespace": "ns", "name": "name", "uid": UID, "generation": 1 },
        "spec": { "encryptedData": { "password": sealed_value(Scope::Strict, "hunter2") } },
    });
    merge(&mut object, change);
    serde_json::from_value(object).unwrap()
}

/// The Secret that `sealed` stands for, as the API server has it; `change` is merged over it.
fn existing(change: Value) -> Target {
    let mut object = json!({
        "metadata": {
            "namespace": "ns", "name": "name", "uid": "secret", "resourceVersion": "7",
            "ownerReferences": [{
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name", "uid": UID,
                "controller": true,
            }],
        },
        "type": "Opaque",
        "data": { "password": "aHVudGVyMg==" },
    });
    merge(&mut object, change);
    Target::Present(Box::new(ExistingSecret(serde_json::from_value(object).unwrap())))
}

/// RFC 7396.
fn merge(into: &mut Value, change: Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                if value.is_null() {
                    into.remove(&key);
                } else {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (into, change) => *into = change,
    }
}

fn owner_without_uid() -> Value {
    json!([{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name", "uid": "older",
             "controller": true }])
}

/// One word for a plan, and the reason for a refusal.
fn word(plan: &Plan) -> String {
    match plan {
        Plan::Leave => "leave".into(),
        Plan::Create(_) => "create".into(),
        Plan::Replace(_) => "replace".into(),
        Plan::Keep { resource_version } => format!("keep {resource_version}"),
        Plan::Refuse(refusal) => format!("refuse {}", refusal.reason()),
        Plan::Wait(_) => "wait".into(),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table is as long as its cases")]
fn the_table() {
    let nothing = || json!({});
    let immutable = json!({ "spec": { "template": { "immutable": true } } });
    let labelled = json!({ "spec": { "template": { "metadata": { "labels": { "app": "shop" } } } } });
    let cases: Vec<(&str, ObservedSealedSecret, Target, &str)> = vec![
        ("first unseal", sealed(nothing()), Target::Absent, "create"),
        (
            "no items",
            sealed(json!({ "spec": { "encryptedData": { "password": null } } })),
            Target::Absent,
            "create",
        ),
        ("as it should be", sealed(nothing()), existing(nothing()), "keep 7"),
        (
            "being deleted",
            sealed(json!({ "metadata": { "deletionTimestamp": "2030-01-01T00:00:00Z" } })),
            existing(nothing()),
            "leave",
        ),
        (
            "wrong shape",
            sealed(json!({ "spec": { "encryptedData": { "password": 5 } } })),
            Target::Absent,
            "refuse InvalidSpec",
        ),
        ("value changed", sealed(nothing()), existing(json!({ "data": { "password": "eA==" } })), "replace"),
        (
            "value added by hand",
            sealed(nothing()),
            existing(json!({ "data": { "more": "eA==" } })),
            "replace",
        ),
        ("value removed by hand", sealed(nothing()), existing(json!({ "data": null })), "replace"),
        ("label wanted", sealed(labelled.clone()), existing(nothing()), "replace"),
        (
            "label there",
            sealed(labelled),
            existing(json!({ "metadata": { "labels": { "app": "shop" } } })),
            "keep 7",
        ),
        (
            "no owner",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null } })),
            "refuse Unmanaged",
        ),
        (
            "owned, but not controlled",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": [{
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name", "uid": UID }] } })),
            "refuse Unmanaged",
        ),
        (
            "another owner",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": [{
                "apiVersion": "v1", "kind": "ConfigMap", "name": "name", "uid": "x", "controller": true }] } })),
            "refuse Unmanaged",
        ),
        (
            "earlier SealedSecret of this name",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": owner_without_uid() } })),
            "wait",
        ),
        (
            "Secret being deleted",
            sealed(nothing()),
            existing(json!({ "metadata": { "deletionTimestamp": "2030-01-01T00:00:00Z" } })),
            "wait",
        ),
        (
            "managed: taken over",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { MANAGED: "true" } } })),
            "replace",
        ),
        (
            "managed by another word than true",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { MANAGED: "yes" } } })),
            "refuse Unmanaged",
        ),
        (
            "patch: something to add",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { PATCH: "true" } },
                             "data": { "password": "eA==", "theirs": "eA==" } })),
            "replace",
        ),
        (
            "patch: nothing to add",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { PATCH: "true" } },
                             "data": { "theirs": "eA==" } })),
            "keep 7",
        ),
        (
            "patch into another type",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { PATCH: "true" } },
                             "type": "example.com/theirs" })),
            "keep 7",
        ),
        (
            "managed and immutable",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { MANAGED: "true" } },
                             "immutable": true, "data": { "password": "eA==" } })),
            "refuse Immutable",
        ),
        (
            "another type",
            sealed(nothing()),
            existing(json!({ "type": "kubernetes.io/tls" })),
            "refuse TypeChange",
        ),
        ("made immutable", sealed(immutable.clone()), existing(nothing()), "replace"),
        ("immutable and right", sealed(immutable.clone()), existing(json!({ "immutable": true })), "keep 7"),
        (
            "immutable and wrong",
            sealed(immutable),
            existing(json!({ "immutable": true, "data": { "password": "eA==" } })),
            "refuse Immutable",
        ),
        ("mutable again", sealed(nothing()), existing(json!({ "immutable": true })), "refuse Immutable"),
        (
            "not base64",
            sealed(json!({ "spec": { "encryptedData": { "password": "%%%" } } })),
            Target::Absent,
            "refuse UnsealFailed",
        ),
        (
            "another name",
            sealed(json!({ "metadata": { "name": "other" } })),
            Target::Absent,
            "refuse NoKeyOpens",
        ),
        (
            "another namespace",
            sealed(json!({ "metadata": { "namespace": "other" } })),
            Target::Absent,
            "refuse NoKeyOpens",
        ),
        (
            "scope widened by hand",
            sealed(json!({ "metadata": { "annotations": { NAMESPACE_WIDE: "true" } } })),
            Target::Absent,
            "refuse UnsealFailed",
        ),
        (
            "templates",
            sealed(json!({ "spec": { "template": { "data": { "x": "{{ .password }}" } } } })),
            Target::Absent,
            "refuse UnsealFailed",
        ),
        (
            "deprecated form",
            sealed(json!({ "spec": { "data": "AAAA" } })),
            Target::Absent,
            "refuse UnsealFailed",
        ),
    ];
    for (name, sealed, target, expected) in cases {
        assert_eq!(word(&decide(&sealed, target, &ring(), &rules())), expected, "{name}");
    }
}

#[test]
fn without_any_key_it_is_the_cluster_that_is_not_ready() {
    let plan = decide(&sealed(json!({})), Target::Absent, &KeyRing::default(), &rules());
    assert!(matches!(plan, Plan::Wait(Hindrance::NoKeys)), "{plan:?}");
}

#[test]
fn any_of_the_keys_opens_whatever_the_hint_says() {
    let ring = KeyRing::new([new_key(), key(), new_key()]);
    let misleading = ring.newest().unwrap().fingerprint().to_string();
    for hint in [misleading.as_str(), "nonsense", ""] {
        let hinted = json!({ "metadata": { "annotations": {
            api::annotations::CERTIFICATE_FINGERPRINT: hint } } });
        assert_eq!(word(&decide(&sealed(hinted), Target::Absent, &ring, &rules())), "create", "{hint}");
    }
}

#[test]
fn every_bad_item_is_named_once_and_the_scope_it_was_sealed_with() {
    let items = json!({ "spec": { "encryptedData": {
        "a": "%%%", "b": sealed_value(Scope::ClusterWide, "x"), "c": "AgAB", "d": "" } } });
    let plan = decide(&sealed(items), Target::Absent, &ring(), &rules());
    let Plan::Refuse(Refusal::Unseal(UnsealError::Items(errors))) = plan else { panic!("{plan:?}") };
    let found: Vec<(&str, ItemFault)> =
        errors.iter().map(|error| (error.key.as_str(), error.fault)).collect();
    let expected = [
        ("a", ItemFault::NotBase64),
        ("b", ItemFault::OtherScope(Scope::ClusterWide)),
        ("c", ItemFault::Truncated),
        ("d", ItemFault::Truncated),
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_secret_is_named_owned_and_typed() {
    let change = json!({
        "metadata": { "uid": UID },
        "spec": { "template": {
            "type": "kubernetes.io/basic-auth",
            "metadata": { "name": "evil", "namespace": "kube-system", "labels": { "a": "b" },
                          "annotations": { "c": "d" }, "finalizers": ["e/f"], "uid": "g" },
        } },
    });
    let Plan::Create(secret) = decide(&sealed(change), Target::Absent, &ring(), &rules()) else {
        panic!("not created")
    };
    let metadata = serde_json::to_value(&secret.metadata).unwrap();
    assert_eq!(
        metadata,
        json!({
            "name": "name", "namespace": "ns", "labels": { "a": "b" }, "annotations": { "c": "d" },
            "finalizers": ["e/f"],
            "ownerReferences": [{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name",
                                  "uid": UID, "controller": true }],
        })
    );
    assert_eq!(secret.effective_type(), "kubernetes.io/basic-auth");
    assert_eq!(secret.data["password"].expose(), b"hunter2");
}

#[test]
fn a_secret_can_be_left_without_an_owner() {
    let change = json!({ "spec": { "template": { "metadata": {
        "annotations": { SKIP_SET_OWNER_REFERENCES: "true" } } } } });
    let Plan::Create(secret) = decide(&sealed(change), Target::Absent, &ring(), &rules()) else {
        panic!("not created")
    };
    assert_eq!(secret.metadata.owner_references, None);
}

#[test]
fn a_replacement_is_written_on_top_of_what_was_read() {
    let target =
        existing(json!({ "data": { "password": "eA==" }, "metadata": { "finalizers": ["held/by"] } }));
    let Plan::Replace(secret) = decide(&sealed(json!({})), target, &ring(), &rules()) else {
        panic!("not replaced")
    };
    assert_eq!(secret.metadata.resource_version.as_deref(), Some("7"));
    assert_eq!(secret.metadata.finalizers, Some(vec!["held/by".to_owned()]));
}

#[test]
fn no_sealed_secret_becomes_a_sealing_key() {
    let labelled = json!({ "spec": { "template": { "metadata": { "labels": {
        sealing_key::LABEL: "active" } } } } });
    let named = json!({ "metadata": { "name": "sealed-secrets-key" } });
    let own = json!({ "metadata": { "namespace": "kube-system" } });
    for change in [labelled, named] {
        let mut observed = change.clone();
        merge(&mut observed, own.clone());
        let name = observed["metadata"]["name"].as_str().unwrap_or("name").to_owned();
        let label = Scope::Strict.label("kube-system", &name);
        let item = seal_item(&mut SysRng, key().pair().certificate(), &label, b"x").unwrap();
        merge(&mut observed, json!({ "spec": { "encryptedData": { "password": item } } }));
        let plan = decide(&sealed(observed), Target::Absent, &ring(), &rules());
        assert_eq!(word(&plan), "refuse SealingKey");
        let plan = decide(&sealed(change), Target::Absent, &ring(), &rules());
        assert_ne!(word(&plan), "refuse SealingKey", "in other namespaces it is a Secret as any other");
    }
}

#[test]
fn patching_keeps_what_is_there_and_takes_no_ownership() {
    let owner =
        json!([{ "apiVersion": "v1", "kind": "ConfigMap", "name": "c", "uid": "x", "controller": true }]);
    for (managed, owner_kind) in [("false", "ConfigMap"), ("true", "SealedSecret")] {
        let target = existing(json!({
            "metadata": {
                "ownerReferences": owner.clone(),
                "labels": { "theirs": "1", "both": "1" },
                "annotations": { PATCH: "true", MANAGED: managed },
            },
            "data": { "theirs": "eA==", "password": "eA==" },
        }));
        let labelled =
            json!({ "spec": { "template": { "metadata": { "labels": { "both": "2", "ours": "2" } } } } });
        let plan = decide(&sealed(labelled), target, &ring(), &rules());
        let Plan::Replace(secret) = plan else { panic!("{plan:?}") };
        let labels: Vec<(String, String)> = secret.metadata.labels.unwrap_or_default().into_iter().collect();
        let expected = [("both", "2"), ("ours", "2"), ("theirs", "1")];
        assert_eq!(labels, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(
            (secret.data["theirs"].expose(), secret.data["password"].expose()),
            (&b"x"[..], &b"hunter2"[..])
        );
        assert_eq!(secret.metadata.owner_references.unwrap_or_default()[0].kind, owner_kind);
    }
}

#[test]
fn as_drift_only_what_we_set_counts() {
    let labelled = json!({ "spec": { "template": { "metadata": { "labels": { "ours": "1" } } } } });
    let cases = [
        (json!({ "ours": "1", "theirs": "1" }), "keep 7", "replace"),
        (json!({ "ours": "2" }), "replace", "replace"),
        (json!({}), "replace", "replace"),
    ];
    for (labels, as_drift, after_a_change) in cases {
        for (drift, expected) in [(true, as_drift), (false, after_a_change)] {
            let target = existing(json!({ "metadata": { "labels": labels.clone() } }));
            let plan = decide(&sealed(labelled.clone()), target, &ring(), &Rules { drift, ..rules() });
            assert_eq!(word(&plan), expected, "{labels} {drift}");
        }
    }
}

#[test]
fn what_kubernetes_puts_into_a_token_stays_there() {
    let token = "kubernetes.io/service-account-token";
    let target = existing(json!({ "type": token, "data": { "token": "eA==" } }));
    let typed = json!({ "spec": { "template": { "type": token } } });
    assert_eq!(word(&decide(&sealed(typed), target, &ring(), &rules())), "keep 7");
}

#[test]
fn no_deprecated_form_becomes_a_sealing_key_either() {
    let whole = json!({
        "metadata": { "labels": { sealing_key::LABEL: "active" } }, "type": "kubernetes.io/tls",
        "data": { "tls.key": "eA==", "tls.crt": "eA==" },
    });
    let label = Scope::Strict.label("kube-system", "name");
    let data =
        seal_item(&mut SysRng, key().pair().certificate(), &label, whole.to_string().as_bytes()).unwrap();
    let change = json!({ "metadata": { "namespace": "kube-system" },
                         "spec": { "data": data, "encryptedData": { "password": null } } });
    let plan = decide(&sealed(change), Target::Absent, &ring(), &rules());
    assert_eq!(word(&plan), "refuse SealingKey");
}

#[test]
fn nothing_decided_shows_a_value() {
    let foreign = json!({ "metadata": { "name": "other" } });
    let wrong: SealedSecretSpec = SealedSecretSpec::default();
    for observed in [sealed(json!({})), sealed(foreign)] {
        let shown = format!("{:?} {wrong:?}", decide(&observed, existing(json!({})), &ring(), &rules()));
        assert!(!shown.contains("hunter2") && !shown.contains("aHVudGVy"), "{shown}");
    }
}
