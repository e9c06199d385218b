//! Runs `keys restore` against a cluster that has keys already.

use crate::support::key_lines::{LABELLED, LEGACY, key, list, nothing_sealed};
use crate::support::program::run;
use crate::support::server::{Line, Server};
use serde_json::{Value, json};

pub(super) const CREATE: &str = "/namespaces/kube-system/secrets?";

pub(super) const LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";

pub(super) fn labelled(name: &str, label: &str) -> Value {
    let mut secret = key();
    secret["metadata"]["name"] = json!(name);
    secret["metadata"]["labels"][LABEL] = json!(label);
    secret
}

/// Restores a backup into a cluster with these keys: standard output, standard error, and the Secrets that were stored.
pub(super) fn restore(there: &[Value], backup: &[Value]) -> (String, String, Vec<String>) {
    restore_beside(nothing_sealed(), there, backup)
}

/// Restores a backup into a cluster with these keys and SealedSecrets: standard output, standard error, and the Secrets
/// that were stored.
pub(super) fn restore_beside(
    sealed: Line,
    there: &[Value],
    backup: &[Value],
) -> (String, String, Vec<String>) {
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
    let [printed, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{printed}{error}");
    let stored = server.requests().into_iter().filter(|request| request.starts_with("POST ")).collect();
    (printed, error, stored)
}

/// A key that was made an hour ago.
pub(super) fn made(name: &str) -> Value {
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let hour = jiff::SignedDuration::from_hours(1);
    let made = jiff::Timestamp::now() - hour;
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", made, 2 * hour).unwrap();
    let mut orphan = labelled(name, "active");
    orphan["metadata"]["creationTimestamp"] = json!(made);
    orphan["data"] = json!({ "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()) });
    orphan
}
