//! The fields beside the data: types, immutability, labels, annotations, and the fields that the API server or kubectl
//! add.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};

use crate::case::Case;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const TYPES: [&str; 10] = [
    "",
    "Opaque",
    "kubernetes.io/service-account-token",
    "kubernetes.io/dockercfg",
    "kubernetes.io/dockerconfigjson",
    "kubernetes.io/basic-auth",
    "kubernetes.io/ssh-auth",
    "kubernetes.io/tls",
    "bootstrap.kubernetes.io/token",
    "example.com/anything at all",
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    judge(&stage, Family::Metadata, cases()).await
}

/// Changes to a Secret, each a JSON merge patch.
fn patches() -> Vec<(String, Value)> {
    let mut patches: Vec<(String, Value)> =
        TYPES.iter().map(|it| (format!("type {it:?}"), json!({ "type": it }))).collect();
    patches.extend(top_level().into_iter().map(|(name, patch)| (name.to_owned(), patch)));
    patches
        .extend(metadata().into_iter().map(|(name, patch)| (name.to_owned(), json!({ "metadata": patch }))));
    patches
}

fn top_level() -> Vec<(&'static str, Value)> {
    vec![
        ("type is a number", json!({ "type": 5 })),
        ("immutable", json!({ "immutable": true })),
        ("not immutable", json!({ "immutable": false })),
        ("immutable in quotes", json!({ "immutable": "true" })),
        ("unknown field", json!({ "spec": { "a": "b" }, "status": {} })),
        ("unknown field of a list", json!({ "items": [] })),
        ("wrong case", json!({ "StringData": { "b": "2" }, "DATA": { "c": "Mw==" } })),
        (
            "annotation repeats a value",
            json!({ "metadata": { "annotations": { "note": "hunter2-planted" } }, "stringData": { "b": "hunter2-planted" } }),
        ),
        (
            "annotation repeats a value in base64",
            json!({ "metadata": { "annotations": { "note": "aHVudGVyMi1wbGFudGVk" } }, "stringData": { "b": "hunter2-planted" } }),
        ),
        (
            "annotation repeats a short value",
            json!({ "metadata": { "annotations": { "note": "hunter2" } }, "stringData": { "b": "hunter2" } }),
        ),
        ("mistyped field", json!({ "stringDatas": { "b": "2" } })),
        ("no kind", json!({ "kind": null })),
        ("no version", json!({ "apiVersion": null })),
        ("neither kind nor version", json!({ "kind": null, "apiVersion": null })),
        ("other version", json!({ "apiVersion": "v2" })),
        ("other group", json!({ "apiVersion": "example.com/v1" })),
        ("ConfigMap", json!({ "kind": "ConfigMap" })),
        ("lower case kind", json!({ "kind": "secret" })),
        ("SealedSecret", json!({ "kind": "SealedSecret", "apiVersion": "bitnami.com/v1alpha1" })),
    ]
}

fn metadata() -> Vec<(&'static str, Value)> {
    let owner = json!({ "apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": true });
    vec![
        ("labels", json!({ "labels": { "app": "db", "example.com/x": "" } })),
        ("null labels", json!({ "labels": null })),
        ("empty labels", json!({ "labels": {} })),
        ("null label", json!({ "labels": { "a": null, "b": "c" } })),
        ("label is a number", json!({ "labels": { "a": 1 } })),
        ("labels that look like something else", json!({ "labels": { "1": "2", "true": "null" } })),
        ("invalid label", json!({ "labels": { "a b/c": "not valid!" } })),
        ("annotations", json!({ "annotations": { "a": "b", "example.com/x": "{\"k\": 1}" } })),
        (
            "annotations that look like something else",
            json!({ "annotations": { "c": "yes", "d": "0x1F", "e": "a\nb", "f": "{\"g\": 1}" } }),
        ),
        ("empty annotations", json!({ "annotations": {} })),
        ("annotation is a boolean", json!({ "annotations": { "a": true } })),
        ("annotated managed", json!({ "annotations": { "sealedsecrets.bitnami.com/managed": "true" } })),
        (
            "annotated skip",
            json!({ "annotations": { "sealedsecrets.bitnami.com/skip-set-owner-references": "true" } }),
        ),
        (
            "our own hint",
            json!({ "annotations": { "sealedsecrets.bitnami.com/certificate-fingerprint": "x" } }),
        ),
        (
            "kubectl last applied",
            json!({ "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{}}", "keep": "me",
        } }),
        ),
        (
            "only kubectl last applied",
            json!({ "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{}}",
        } }),
        ),
        (
            "kubecfg last applied",
            json!({ "annotations": {
            "kubecfg.ksonnet.io/last-applied-configuration": "H4sIAAAA",
        } }),
        ),
        (
            "copy of the Secret by kapp",
            json!({ "annotations": { "kapp.k14s.io/original": "{\"data\":{}}", "keep": "me" } }),
        ),
        (
            "copy of the Secret by Rancher",
            json!({ "annotations": { "objectset.rio.cattle.io/applied": "H4sIAAAA", "keep": "me" } }),
        ),
        ("finalizers", json!({ "finalizers": ["example.com/hold"] })),
        ("owners", json!({ "ownerReferences": [owner] })),
        (
            "managed fields",
            json!({ "managedFields": [{ "manager": "kubectl", "operation": "Apply", "fieldsV1": {} }] }),
        ),
        (
            "what the server adds",
            json!({
                "uid": "6f1f2bd4", "resourceVersion": "12", "generation": 3, "creationTimestamp": "2020-01-01T00:00:00Z",
                "selfLink": "/api/v1/x",
            }),
        ),
        ("null creation", json!({ "creationTimestamp": null })),
        ("creation is no time", json!({ "creationTimestamp": "yesterday" })),
        (
            "being deleted",
            json!({ "deletionTimestamp": "2020-01-01T00:00:00Z", "deletionGracePeriodSeconds": 30 }),
        ),
        ("resource version is a number", json!({ "resourceVersion": 12 })),
        ("generation is a text", json!({ "generation": "3" })),
        ("generate name", json!({ "generateName": "db-" })),
        ("only generate name", json!({ "name": null, "generateName": "db-" })),
        ("cluster name", json!({ "clusterName": "east" })),
        ("unknown metadata", json!({ "colour": "blue" })),
        ("no name", json!({ "name": null })),
        ("empty name", json!({ "name": "" })),
        ("name is a number", json!({ "name": 5 })),
        ("name of digits", json!({ "name": "123" })),
        ("dotted name", json!({ "name": "a.b" })),
        ("invalid name", json!({ "name": "A_b/c d" })),
        ("empty namespace", json!({ "namespace": "" })),
        ("invalid namespace", json!({ "namespace": "Shop/1" })),
        ("slash moves between the two", json!({ "namespace": "a", "name": "b/c" })),
    ]
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, patch) in patches() {
        let mut secret = json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "db", "namespace": "shop" },
            "stringData": { "password": "hunter2" },
        });
        merge(&mut secret, &patch);
        for args in ["", "--scope namespace-wide", "--name other -o yaml"] {
            cases.push(Case::seal_json(format!("{name} {args}"), &secret).args(args));
        }
    }
    cases
}

/// As `kubectl patch --type merge` does, except that a null is kept: it is a case of its own.
fn merge(into: &mut Value, patch: &Value) {
    match (into, patch) {
        (Value::Object(into), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, patch) => *into = patch.clone(),
    }
}
