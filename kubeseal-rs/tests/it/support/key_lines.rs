//! Responses of an API server with one sealing key: the fixture's.

use super::program::fixture;
use super::server::Line;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rand::rngs::SysRng;
use serde_json::{Value, json};

/// End of the path that lists keys by their label.
pub(crate) const LABELLED: &str = "%2Fsealed-secrets-key";
/// End of the path that lists the key from before there were labels.
pub(crate) const LEGACY: &str = "%3Dsealed-secrets-key";
/// End of the path that patches the key.
pub(crate) const KEY: &str = "/secrets/sealed-secrets-keyabcde?";
/// End of the path that lists SealedSecrets.
pub(crate) const SEALED: &str = "/sealedsecrets?&limit=500";

/// The key's Secret.
pub(crate) fn key() -> Value {
    let data = |name: &str| BASE64_STANDARD.encode(std::fs::read(fixture(name)).unwrap());
    json!({
        "metadata": {
            "name": "sealed-secrets-keyabcde", "namespace": "kube-system", "uid": "u", "resourceVersion": "7",
            "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{ "manager": "m" }],
            "labels": { "sealedsecrets.bitnami.com/sealed-secrets-key": "active" },
            "annotations": { "sealedsecrets.bitnami.com/renew": "2026", "mine": "yes" },
        },
        "type": "kubernetes.io/tls",
        "data": { "tls.crt": data("test-only.crt"), "tls.key": data("test-only.key") },
    })
}

/// A key that is newer than the fixture's: its Secret, and its certificate.
pub(crate) fn newer() -> (Value, String) {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24 * 365));
    let certificate = envelope::issue(&mut SysRng, &private, "", start, day).unwrap();
    let base64 = |text: &str| BASE64_STANDARD.encode(text);
    let mut newer = key();
    newer["metadata"]["name"] = json!("sealed-secrets-keynewer");
    newer["metadata"]["creationTimestamp"] = json!(start);
    newer["data"] = json!({
        "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()),
    });
    (newer, certificate.to_pem())
}

/// A list of Secrets.
pub(crate) fn list(items: &[Value]) -> String {
    json!({ "kind": "SecretList", "apiVersion": "v1", "metadata": {}, "items": items }).to_string()
}

/// Responses with this key only.
pub(crate) fn key_lines() -> Vec<Line> {
    vec![(LABELLED, 200, list(&[key()])), (LEGACY, 200, list(&[]))]
}

/// An empty list of SealedSecrets.
pub(crate) fn nothing_sealed() -> Line {
    let none = json!({ "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": {}, "items": [] });
    (SEALED, 200, none.to_string())
}

/// The response to a patch of the key.
pub(crate) fn changed() -> Line {
    let metadata = json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": {} });
    (KEY, 200, metadata.to_string())
}
