//! The key that a controller made while it had none, when older keys are restored beside it.

use super::restored::{CREATE, made};
use crate::support::key_lines::{LABELLED, LEGACY, key, list, nothing_sealed};
use crate::support::program::{run, run_unread};
use crate::support::server::Server;
use sealing::{Predecessor, successor_name};
use serde_json::{Value, json};

/// A key that the controller made an hour ago, when it had none.
fn orphan() -> Value {
    let name = successor_name("sealed-secrets-key", &Predecessor::None("origin".into()), 0);
    made(&name)
}

#[test]
fn an_orphan_is_deleted_though_the_response_to_its_deletion_does_not_decode() {
    let orphan = orphan();
    let name = orphan["metadata"]["name"].as_str().unwrap();
    let mut back = key();
    back["metadata"]["creationTimestamp"] = json!(jiff::Timestamp::now());
    let origin =
        json!({ "metadata": { "name": "sealed-secrets-key-origin" }, "data": { "origin": "b3JpZ2lu" } });
    let deep = r#"{"f:a":"#.repeat(1_000) + "{}" + &"}".repeat(1_000);
    let going = format!(
        r#"{{"kind":"PartialObjectMetadata","metadata":{{"managedFields":[{{"fieldsV1":{deep}}}]}}}}"#
    );
    let server = Server::start(vec![
        (LABELLED, 200, list(&[back, orphan.clone()])),
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
    let [printed, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(printed.contains("nothing in the cluster needs it: it is deleted"), "{printed}{error}");
    assert!(output.status.success() && error.is_empty(), "{error}");
    let requests = server.requests();
    let deleted = requests.iter().find(|request| request.starts_with("DELETE ")).unwrap();
    // The response need not contain the private key, and a new Secret of the same name is not deleted.
    assert!(deleted.contains("as=partialobjectmetadata") && deleted.contains(r#""uid":"u""#), "{deleted}");
}

#[test]
fn every_key_is_restored_and_an_orphan_retired_with_stdout_closed() {
    let orphan = orphan();
    let mut back = key();
    back["metadata"]["creationTimestamp"] = json!(jiff::Timestamp::now());
    let origin =
        json!({ "metadata": { "name": "sealed-secrets-key-origin" }, "data": { "origin": "b3JpZ2lu" } });
    let path = format!("/secrets/{}?", orphan["metadata"]["name"].as_str().unwrap());
    let metadata = json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": {} });
    let server = Server::start(vec![
        (LABELLED, 200, list(std::slice::from_ref(&orphan))),
        (LABELLED, 200, list(&[back, orphan])),
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
    let requests = server.requests();
    assert_eq!(requests.iter().filter(|request| request.starts_with("POST ")).count(), 3, "{error}");
    assert_eq!((code, error.as_str()), (Some(141), ""));
}
