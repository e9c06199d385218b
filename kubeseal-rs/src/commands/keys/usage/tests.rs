//! When the status is believed, and when keys are tried.

use super::*;
use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES};
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
        "observedGeneration": generation, "openedBy": keys, "target": { "resourceVersion": "1", "scope": "strict" },
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
        let found =
            |ring| sorted(words(&in_cluster(std::slice::from_ref(&object), ring, &KeyRing::default())[0]));
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
        let found = in_files(&files, &ring, &KeyRing::default());
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
    let by_item = |name: &str| {
        let mut object: Value = serde_json::from_str(&sealed(Some("other"), None)).unwrap();
        object["metadata"]["annotations"] =
            json!({ ITEM_CERTIFICATES: json!({ OTHER: [name] }).to_string() });
        object.to_string()
    };
    assert_eq!(uses(&by_item("password"), None), "b");
    assert_eq!(uses(&by_item("x"), None), "b?", "nothing is said of the item");

    let nowhere = SealedFiles { paths: vec![folder.path().join("nowhere")], namespace: None };
    assert_eq!(in_files(&nowhere, &ring, &KeyRing::default()).errors.len(), 1);
}

/// The annotation for recipients and the scope move no generation.
#[test]
fn a_status_that_was_written_with_other_annotations_is_not_believed() {
    let ring = KeyRing::new([Arc::clone(key())]);
    let text = "{}";
    let digest = recipients_digest(text);
    let item = item("ns");
    let used = |annotations: &Value, target: &Value| {
        let mut status = status(2, "True", &json!([OTHER]));
        status["target"] = target.clone();
        let mut object = object(&item, None, &status);
        object.metadata.annotations = serde_json::from_value(annotations.clone()).unwrap();
        let words = |ring| words(&in_cluster(std::slice::from_ref(&object), ring, &KeyRing::default())[0]);
        (words(None), words(Some(&ring)))
    };
    let target = |scope: &str, digest: Option<&str>| json!({ "resourceVersion": "1", "scope": scope, "recipients": digest });
    let with = json!({ RECIPIENTS: text });
    let believed = ("b".to_owned(), "b".to_owned());
    assert_eq!(used(&with, &target("strict", Some(&digest))), believed);
    assert_eq!(used(&Value::Null, &target("strict", None)), believed);
    for (annotations, target) in [
        (&with, target("strict", None)),
        (&with, target("strict", Some(OTHER))),
        (&Value::Null, target("strict", Some(&digest))),
        (&Value::Null, target("cluster-wide", None)),
    ] {
        let (by_status, tried) = used(annotations, &target);
        assert_eq!((by_status.as_str(), tried.len()), ("b?", 2), "{annotations} {target}: {tried}");
        assert!(tried.contains('k') && tried.contains('b'), "{annotations} {target}: {tried}");
    }
    assert_eq!(used(&Value::Null, &Value::Null).1.len(), 2, "nothing says what it was unsealed from");
}

/// The entry names the key by a certificate that is not known any more, and another key opens the object.
#[test]
fn a_leaked_key_is_tried_whatever_names_it() {
    let pair = |name: &str| {
        let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
        let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
        let certificate = envelope::issue(&mut SysRng, &private, "", start, day).unwrap();
        let pair = KeyPair::from_pem(&private.to_pkcs1_pem().unwrap(), &certificate.to_pem()).unwrap();
        Arc::new(SealingKey::new(name.into(), pair))
    };
    let first = pair("first");
    let to = sealing::SealFor {
        first: first.pair().certificate(),
        others: vec![sealing::OtherRecipient::Certificate(key().pair().certificate())],
    };
    let metadata = serde_json::from_value(json!({ "name": "name", "namespace": "ns" })).unwrap();
    let value = envelope::Plaintext::new(b"hunter2".to_vec());
    let data = [("password".to_owned(), value)].into();
    let secret = sealing::SecretToSeal { metadata, type_: None, immutable: None, data };
    let sealed = sealing::seal_secret_for(&mut SysRng, &to, &secret).unwrap();
    let mut object = serde_json::to_value(&sealed).unwrap();
    let text = object["metadata"]["annotations"][RECIPIENTS].as_str().unwrap().replace(&this(), OTHER);
    object["metadata"]["annotations"][RECIPIENTS] = json!(text);
    object["metadata"]["generation"] = json!(2);
    object["status"] = status(2, "True", &json!([first.fingerprint().to_string()]));
    object["status"]["target"]["recipients"] = json!(recipients_digest(&text));
    let object: ObservedSealedSecret = serde_json::from_value(object).unwrap();
    let ring = KeyRing::new([Arc::clone(key()), Arc::clone(&first)]);
    let leaked = KeyRing::new([Arc::clone(key())]);
    let used = |leaked: &KeyRing| {
        let used = in_cluster(std::slice::from_ref(&object), Some(&ring), leaked);
        used[0].keys.contains(&key().fingerprint())
    };
    assert!(!used(&KeyRing::default()) && used(&leaked));
}
