//! No SealedSecret can write a sealing key, of this controller or of another one in any namespace.

use super::*;

const LABELS: [&str; 3] = ["active", "compromised", ""];
const WRAPPED: &str = "sealedsecrets.bitnami.com/wrapped-key";

fn labelled(value: &str) -> Value {
    json!({ "metadata": { "labels": { api::sealing_key::LABEL: value } } })
}

/// Metadata and type of Secrets that are keys in any namespace.
fn keys_anywhere() -> Vec<Value> {
    let tls = |name: &str| json!({ "metadata": { "name": name }, "type": "kubernetes.io/tls" });
    let named = |name: &str| json!({ "metadata": { "name": name } });
    let mut keys: Vec<Value> = LABELS.map(labelled).into();
    keys.push(json!({ "type": WRAPPED }));
    keys.extend([tls("own-prefix"), tls("sealed-secrets-key")]);
    // The Secret from which names of first keys are derived: without it, or with another, controllers would not agree
    // on the first key.
    keys.extend([named("own-prefix-origin"), named("sealed-secrets-key-origin")]);
    keys
}

/// Secrets that are no keys.
fn others_elsewhere() -> Vec<Value> {
    let named = |name: &str, type_: &str| json!({ "metadata": { "name": name }, "type": type_ });
    vec![
        named("own-prefix", "Opaque"),
        named("sealed-secrets-key", "Opaque"),
        named("sealed-secrets-keys", "kubernetes.io/tls"),
        named("name", "kubernetes.io/tls"),
        json!({ "metadata": { "labels": { "sealedsecrets.bitnami.com/other": "active" } } }),
    ]
}

fn own_prefix() -> Given {
    Given { key_place: KeyPlace { namespace: "home".into(), prefix: "own-prefix".into() }, ..given() }
}

/// A SealedSecret in `namespace` whose template describes this Secret.
fn asks_for(secret: &Value, namespace: &str) -> ObservedSealedSecret {
    let name = secret["metadata"]["name"].as_str().unwrap_or("name");
    let label = Scope::Strict.label(namespace, name);
    let item = seal_item(&mut SysRng, key().pair().certificate(), &label, b"hunter2").unwrap();
    let template = json!({ "metadata": { "labels": secret["metadata"]["labels"] }, "type": secret["type"] });
    sealed(json!({
        "metadata": { "namespace": namespace, "name": name },
        "spec": { "encryptedData": { "password": item }, "template": template },
    }))
}

/// The Secret as it exists in the namespace.
fn stands(secret: &Value, namespace: &str, more: Value) -> Target {
    let mut standing = json!({ "metadata": { "namespace": namespace } });
    merge(&mut standing, secret.clone());
    merge(&mut standing, more);
    existing(standing)
}

#[test]
fn no_sealed_secret_becomes_a_sealing_key_in_any_namespace() {
    for namespace in ["home", "other"] {
        for secret in keys_anywhere() {
            let plan = decide(&asks_for(&secret, namespace), Target::Absent, &ring(), &own_prefix());
            assert_eq!(word(&plan), "refuse SealingKey", "{secret} in {namespace}");
        }
    }
    for secret in others_elsewhere() {
        let plan = decide(&asks_for(&secret, "other"), Target::Absent, &ring(), &own_prefix());
        assert_eq!(word(&plan), "create", "{secret}");
    }
    // At home the name alone makes it a legacy key.
    let opaque = json!({ "metadata": { "name": "own-prefix" } });
    let plan = decide(&asks_for(&opaque, "home"), Target::Absent, &ring(), &own_prefix());
    assert_eq!(word(&plan), "refuse SealingKey");
}

/// Neither `managed` nor `patch` nor an owner allows a SealedSecret to overwrite a key.
#[test]
fn no_sealed_secret_writes_over_a_sealing_key_in_any_namespace() {
    let invited =
        json!({ "metadata": { "ownerReferences": null, "annotations": { MANAGED: "true", PATCH: "true" } } });
    let patched = json!({ "metadata": { "ownerReferences": null, "annotations": { PATCH: "true" } } });
    for namespace in ["home", "other"] {
        for secret in keys_anywhere() {
            for way in [json!({}), invited.clone(), patched.clone()] {
                let name = secret["metadata"]["name"].as_str().unwrap_or("name");
                let plain = json!({ "metadata": { "name": name } });
                let plan = decide(
                    &asks_for(&plain, namespace),
                    stands(&secret, namespace, way),
                    &ring(),
                    &own_prefix(),
                );
                assert_eq!(word(&plan), "refuse SealingKey", "{secret} in {namespace}");
            }
        }
    }
}

/// An existing Secret does not become a key by what is written over it.
#[test]
fn no_secret_is_turned_into_a_sealing_key() {
    let owned = json!({ "type": "kubernetes.io/tls" });
    let mut invited =
        json!({ "metadata": { "ownerReferences": null, "annotations": { MANAGED: "true", PATCH: "true" } } });
    merge(&mut invited, owned.clone());
    let mut patched = json!({ "metadata": { "ownerReferences": null, "annotations": { PATCH: "true" } } });
    merge(&mut patched, owned.clone());
    for namespace in ["home", "other"] {
        for label in LABELS {
            for way in [&owned, &invited, &patched] {
                let mut secret = labelled(label);
                merge(&mut secret, owned.clone());
                let plan = decide(
                    &asks_for(&secret, namespace),
                    stands(&json!({}), namespace, way.clone()),
                    &ring(),
                    &own_prefix(),
                );
                assert_eq!(word(&plan), "refuse SealingKey", "{label:?} in {namespace}");
            }
        }
    }
}

#[test]
fn no_deprecated_form_becomes_a_sealing_key_either() {
    for namespace in ["home", "other"] {
        for secret in keys_anywhere() {
            let mut whole = json!({ "data": { "tls.key": "eA==", "tls.crt": "eA==" } });
            merge(&mut whole, secret.clone());
            let name = secret["metadata"]["name"].as_str().unwrap_or("name");
            let label = Scope::Strict.label(namespace, name);
            let whole = whole.to_string();
            let data = seal_item(&mut SysRng, key().pair().certificate(), &label, whole.as_bytes()).unwrap();
            let change = json!({ "metadata": { "namespace": namespace, "name": name },
                                 "spec": { "data": data, "encryptedData": { "password": null } } });
            let plan = decide(&sealed(change), Target::Absent, &ring(), &own_prefix());
            assert_eq!(word(&plan), "refuse SealingKey", "{secret} in {namespace}");
        }
    }
}
