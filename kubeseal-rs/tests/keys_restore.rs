//! `keys restore`: what counts as there, and what is known to have leaked.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/key_lines.rs"]
mod key_lines;
#[path = "support/program.rs"]
mod program;
#[path = "support/server.rs"]
mod server;

use key_lines::{LABELLED, LEGACY, SEALED, key, list, nothing_sealed};
use program::{run, run_unread};
use sealing::{Predecessor, successor_name};
use serde_json::{Value, json};
use server::{Line, Server};

const CREATE: &str = "/namespaces/kube-system/secrets?";
const LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";

fn labelled(name: &str, label: &str) -> Value {
    let mut secret = key();
    secret["metadata"]["name"] = json!(name);
    secret["metadata"]["labels"][LABEL] = json!(label);
    secret
}

/// What is there, and a backup: output, error, and what was stored.
fn restore(there: &[Value], backup: &[Value]) -> (String, String, Vec<String>) {
    restore_beside(nothing_sealed(), there, backup)
}

/// The same, where these SealedSecrets are.
fn restore_beside(sealed: Line, there: &[Value], backup: &[Value]) -> (String, String, Vec<String>) {
    let mut stored = key();
    stored["metadata"]["name"] = json!("sealed-secrets-keystored");
    let lines: Vec<Line> = vec![
        (LABELLED, 200, list(there)),
        (LEGACY, 200, list(&[])),
        sealed,
        (CREATE, 201, stored.to_string()),
    ];
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let items: Vec<Value> = backup
        .iter()
        .cloned()
        .map(|mut secret| {
            secret["kind"] = json!("Secret");
            secret
        })
        .collect();
    let text = json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string();
    let args = ["keys", "restore", "-", "--keep-stray", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&args, text.as_bytes());
    let [told, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{told}{error}");
    let stored = server.asked().into_iter().filter(|request| request.starts_with("POST ")).collect();
    (told, error, stored)
}

#[test]
fn a_list_without_a_kind_is_a_backup() {
    let lines: Vec<Line> = vec![
        (LABELLED, 200, list(&[])),
        (LEGACY, 200, list(&[])),
        nothing_sealed(),
        (CREATE, 201, labelled("sealed-secrets-keystored", "active").to_string()),
    ];
    let text = json!({ "metadata": { "resourceVersion": "12" }, "items": [key()] });
    let yaml = serde_saphyr::to_string(&text).unwrap();
    for (text, form) in [(text.to_string(), "JSON"), (yaml, "YAML")] {
        let server = Server::start(lines.clone());
        let kubeconfig = server.kubeconfig("{}");
        let kubeconfig = kubeconfig.path().to_str().unwrap();
        let output =
            run(&["keys", "restore", "-", "--keep-stray", "--kubeconfig", kubeconfig], text.as_bytes());
        let [told, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(output.status.success() && error.is_empty(), "{form}: {told}{error}");
        assert!(
            told.contains(" is restored (Secret kube-system/sealed-secrets-keystored)"),
            "{form}: {told}"
        );
    }
}

#[test]
fn a_damaged_copy_is_not_there() {
    let mut damaged = key();
    damaged["data"]["tls.key"] = json!("eA==");
    let mut lost = damaged.clone();
    lost["data"]["tls.crt"] = json!("eA==");
    for broken in [damaged, lost] {
        let (told, error, stored) = restore(&[broken], &[key()]);
        assert!(told.contains(" is restored (Secret kube-system/sealed-secrets-keystored)"), "{told}");
        assert!(error.contains("Secret kube-system/sealed-secrets-keyabcde is broken: "), "{error}");
        assert!(error.contains("kubectl delete secret -n kube-system sealed-secrets-keyabcde"), "{error}");
        assert!(stored.len() == 1 && stored[0].contains("generateName"), "{stored:?}");
    }
    // Beside a whole copy a damaged one does no harm.
    let mut damaged = labelled("damaged", "active");
    damaged["data"]["tls.key"] = json!("eA==");
    let (told, _, stored) = restore(&[damaged, key()], &[key()]);
    assert!(told.contains("is there already, active (Secret kube-system/sealed-secrets-keyabcde)"), "{told}");
    assert!(stored.is_empty());
}

#[test]
fn what_leaked_does_not_come_back() {
    let [one, other] = [labelled("one", "active"), labelled("other", "compromised")];
    for backup in [[one.clone(), other.clone()], [other.clone(), one.clone()]] {
        let (told, _, stored) = restore(&[], &backup);
        assert!(told.contains(" is restored, as compromised (Secret "), "{told}");
        assert!(
            stored.len() == 1 && stored[0].contains(&format!("\"{LABEL}\":\"compromised\"")),
            "{stored:?}"
        );
    }
    let (told, error, stored) = restore(&[one], &[other]);
    assert!(told.contains("is there already, active") && stored.is_empty(), "{told}");
    assert!(error.contains("known to have leaked") && error.contains("kubeseal-rs keys revoke "), "{error}");
}

/// SealedSecrets with a condition of this type and status, which names this key.
fn sealed_saying(condition: &str, status: &str, key: &str) -> Line {
    let objects: Vec<Value> = ["a", "b", "c"]
        .iter()
        .map(|name| {
            json!({
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
                "metadata": { "name": name, "namespace": "shop" }, "spec": { "encryptedData": {} },
                "status": { "openedBy": [key], "conditions": [{
                    "type": condition, "status": status, "reason": "KeyRevoked", "message": format!("with a key ({key}): x"),
                }] },
            })
        })
        .collect();
    let all = json!({ "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": {}, "items": objects });
    (SEALED, 200, all.to_string())
}

#[test]
fn what_a_sealed_secret_says_leaked_does_not_come_back() {
    let pem = std::fs::read_to_string(program::fixture("test-only.crt")).unwrap();
    let key_there = envelope::Certificate::from_pem(&pem).unwrap().fingerprint();
    let (whole, short) = (key_there.to_string(), key_there.short());
    let (told, error, stored) = restore_beside(sealed_saying("Compromised", "True", &whole), &[], &[key()]);
    assert!(told.contains(&format!("{short} is restored, as compromised (Secret ")), "{told}");
    assert!(error.contains(&format!("{short} leaked and was revoked")), "{error}");
    assert!(error.contains("of the SealedSecret shop/a and 2 more"), "{error}");
    assert!(stored.len() == 1 && stored[0].contains(&format!("\"{LABEL}\":\"compromised\"")), "{stored:?}");

    for sealed in [
        sealed_saying("Compromised", "True", &"0".repeat(64)),
        sealed_saying("Compromised", "False", &whole),
        sealed_saying("Synced", "True", &whole),
    ] {
        let (told, error, stored) = restore_beside(sealed, &[], &[key()]);
        assert!(told.contains(&format!("{short} is restored (Secret ")) && error.is_empty(), "{told}{error}");
        assert!(stored.len() == 1 && stored[0].contains(&format!("\"{LABEL}\":\"active\"")), "{stored:?}");
    }

    // Whoever may not look is told so, and gets the keys back.
    let forbidden = server::status(403, "Forbidden", "no");
    let (told, error, _) = restore_beside((SEALED, 403, forbidden), &[], &[key()]);
    assert!(told.contains(&format!("{short} is restored (Secret ")), "{told}");
    assert!(error.contains("say that one of these keys leaked is not known"), "{error}");
}

#[test]
fn what_is_no_backup_is_told_what_one_is() {
    let sealed = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec: {}\n";
    let output = run(&["keys", "restore", "-"], sealed.as_bytes());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.contains("cannot read a backup of sealing keys") && error.contains("it is a SealedSecret"),
        "{error}"
    );
    assert!(
        error.contains("give a file of `kubeseal-rs keys backup`") && !error.contains("made from"),
        "{error}"
    );
    let output = run(&["keys", "restore", "-"], b"kind: [");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("check indentation and quotes"), "{error}");
}

/// A key that the controller made an hour ago, when it had none.
fn stray() -> Value {
    let name = successor_name("sealed-secrets-key", &Predecessor::None("origin".into()), 0);
    made(&name)
}

/// A key that was made an hour ago.
fn made(name: &str) -> Value {
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let hour = jiff::SignedDuration::from_hours(1);
    let made = jiff::Timestamp::now() - hour;
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", made, 2 * hour).unwrap();
    let mut stray = labelled(name, "active");
    stray["metadata"]["creationTimestamp"] = json!(made);
    stray["data"] = json!({ "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()) });
    stray
}

#[test]
fn a_stray_whose_deletion_is_answered_with_more_than_can_be_decoded_is_deleted() {
    let stray = stray();
    let name = stray["metadata"]["name"].as_str().unwrap();
    let mut back = key();
    back["metadata"]["creationTimestamp"] = json!(jiff::Timestamp::now());
    let origin =
        json!({ "metadata": { "name": "sealed-secrets-key-origin" }, "data": { "origin": "b3JpZ2lu" } });
    let deep = r#"{"f:a":"#.repeat(1_000) + "{}" + &"}".repeat(1_000);
    let going = format!(
        r#"{{"kind":"PartialObjectMetadata","metadata":{{"managedFields":[{{"fieldsV1":{deep}}}]}}}}"#
    );
    let server = Server::start(vec![
        (LABELLED, 200, list(&[back, stray.clone()])),
        (LEGACY, 200, list(&[])),
        ("%3Dsealed-secrets-key-origin", 200, list(&[origin])),
        nothing_sealed(),
        (Box::leak(format!("/secrets/{name}?").into_boxed_str()), 200, going),
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let args =
        ["keys", "restore", "-", "--remove-stray", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut backup = key();
    backup["kind"] = json!("Secret");
    let output = run(&args, backup.to_string().as_bytes());
    let [told, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(told.contains("nothing in the cluster needs it: it is deleted"), "{told}{error}");
    assert!(output.status.success() && error.is_empty(), "{error}");
    let asked = server.asked();
    let deleted = asked.iter().find(|request| request.starts_with("DELETE ")).unwrap();
    // The private key need not come back, and another Secret of the name is not meant.
    assert!(deleted.contains("as=partialobjectmetadata") && deleted.contains(r#""uid":"u""#), "{deleted}");
}

#[test]
fn every_key_is_restored_and_a_stray_retired_though_nobody_reads() {
    let stray = stray();
    let mut back = key();
    back["metadata"]["creationTimestamp"] = json!(jiff::Timestamp::now());
    let origin =
        json!({ "metadata": { "name": "sealed-secrets-key-origin" }, "data": { "origin": "b3JpZ2lu" } });
    let path = format!("/secrets/{}?", stray["metadata"]["name"].as_str().unwrap());
    let metadata = json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": {} });
    let server = Server::start(vec![
        (LABELLED, 200, list(std::slice::from_ref(&stray))),
        (LABELLED, 200, list(&[back, stray])),
        (LEGACY, 200, list(&[])),
        ("%3Dsealed-secrets-key-origin", 200, list(&[origin])),
        nothing_sealed(),
        (CREATE, 201, key().to_string()),
        (Box::leak(path.clone().into_boxed_str()), 200, metadata.to_string()),
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let items: Vec<Value> = [key(), made("b"), made("c")]
        .into_iter()
        .map(|mut secret| {
            secret["kind"] = json!("Secret");
            secret
        })
        .collect();
    let backup = json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string();
    let arguments = ["keys", "restore", "-", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let (code, error) = run_unread(&arguments, backup.as_bytes());
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|request| request.starts_with("POST ")).count(), 3, "{error}");
    assert_eq!((code, error.as_str()), (Some(141), ""));
}
