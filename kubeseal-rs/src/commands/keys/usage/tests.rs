//! When the status is believed, and when keys are tried.

use super::*;
use envelope::KeyPair;
use rand::rngs::SysRng;
use sealing::{SealingKey, seal_item};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

const CRT: &str = include_str!("../../../../tests/fixtures/test-only.crt");
const KEY: &str = include_str!("../../../../tests/fixtures/test-only.key");
const OTHER: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn key() -> &'static Arc<SealingKey> {
    static KEY_: OnceLock<Arc<SealingKey>> = OnceLock::new();
    KEY_.get_or_init(|| Arc::new(SealingKey::new("k".into(), KeyPair::from_pem(KEY, CRT).unwrap())))
}

fn this() -> String {
    key().fingerprint().to_string()
}

fn item(namespace: &str) -> String {
    let label = Scope::Strict.label(namespace, "name");
    seal_item(&mut SysRng, key().pair().certificate(), &label, b"hunter2").unwrap()
}

fn object(item: &str, hint: Option<&str>, status: &Value) -> ObservedSealedSecret {
    let annotations = hint.map(|hint| json!({ CERTIFICATE_FINGERPRINT: hint }));
    serde_json::from_value(json!({
        "metadata": { "name": "name", "namespace": "ns", "generation": 2, "annotations": annotations },
        "spec": { "encryptedData": { "password": item } },
        "status": status,
    }))
    .unwrap()
}

fn status(generation: i64, synced: &str, keys: &Value) -> Value {
    json!({
        "observedGeneration": generation, "openedBy": keys,
        "conditions": [{ "type": "Synced", "status": synced }],
    })
}

/// Keys by their first digit (k is ours), and a question mark if the key is not known.
fn words(it: &KeyUsage) -> String {
    let names = it.keys.iter().map(|key| if key.to_string() == this() { 'k' } else { 'b' });
    names.chain(it.unknown.then_some('?')).collect()
}

/// A name; status, item and fingerprint; the expected keys by the status alone, and by trying.
type Case<'a> = (&'static str, Value, &'a str, Option<&'a str>, &'static str, &'static str);

#[test]
fn a_present_status_is_believed_and_the_rest_is_tried() {
    let (ours, foreign) = (item("ns"), item("elsewhere"));
    let ring = KeyRing::new([Arc::clone(key())]);
    let this = this();
    let cases: [Case<'_>; 9] = [
        ("present", status(2, "True", &json!([OTHER])), &ours, None, "b", "b"),
        ("present, of nothing", status(2, "True", &json!([])), &ours, None, "", ""),
        ("of an older generation", status(1, "True", &json!([OTHER])), &ours, None, "b", "bk"),
        ("failed since", status(2, "False", &json!([OTHER])), &ours, None, "b", "bk"),
        ("says nothing of keys", status(2, "True", &Value::Null), &ours, None, "?", "k"),
        ("none", Value::Null, &ours, Some(OTHER), "?", "k"),
        ("none, and nothing opens it", Value::Null, &foreign, None, "?", "?"),
        ("none, but a hint", Value::Null, &foreign, Some(OTHER), "?", "b"),
        ("none, but a hint at us", Value::Null, &foreign, Some(&this), "?", "k"),
    ];
    for (name, status, item, hint, expected, tried) in cases {
        let object = object(item, hint, &status);
        let sorted = |text: String| {
            let mut letters: Vec<char> = text.chars().collect();
            letters.sort_unstable();
            letters
        };
        let found = |ring| sorted(words(&in_cluster(std::slice::from_ref(&object), ring)[0]));
        assert_eq!(found(None), sorted(expected.into()), "{name}, by status alone");
        assert_eq!(found(Some(&ring)), sorted(tried.into()), "{name}");
    }
}

#[test]
fn files_are_tried_where_they_will_be() {
    let ring = KeyRing::new([Arc::clone(key())]);
    let folder = tempfile::tempdir().unwrap();
    let sealed = |namespace: Option<&str>, hint: Option<&str>| {
        let mut object = json!({
            "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": { "name": "name" },
            "spec": { "encryptedData": { "password": item("ns") } },
        });
        if let Some(namespace) = namespace {
            object["metadata"]["namespace"] = json!(namespace);
        }
        if let Some(hint) = hint {
            object["metadata"]["annotations"] = json!({ CERTIFICATE_FINGERPRINT: hint });
        }
        object.to_string()
    };
    let uses = |text: &str, namespace: Option<&str>| {
        let path = folder.path().join("a.json");
        std::fs::write(&path, text).unwrap();
        let files = SealedFiles { paths: vec![path], namespace: namespace.map(Into::into) };
        let found = in_files(&files, &ring);
        assert_eq!(found.errors, Vec::<String>::new());
        let [it] = found.uses.try_into().unwrap();
        assert!(
            it.location.contains("a.json: document 1 (SealedSecret ") && it.items == ["password"],
            "{it:?}"
        );
        words(&it)
    };
    assert_eq!(uses(&sealed(Some("ns"), None), None), "k");
    assert_eq!(uses(&sealed(Some("ns"), Some(OTHER)), None), "k", "a hint is less than a proof");
    assert_eq!(uses(&sealed(None, None), Some("ns")), "k");
    assert_eq!(uses(&sealed(None, None), None), "?");
    assert_eq!(uses(&sealed(None, Some(OTHER)), None), "b?", "it is not known where it will be");
    assert_eq!(uses(&sealed(Some("other"), Some(OTHER)), None), "b", "another cluster's");

    let nowhere = SealedFiles { paths: vec![folder.path().join("nowhere")], namespace: None };
    assert_eq!(in_files(&nowhere, &ring).errors.len(), 1);
}
