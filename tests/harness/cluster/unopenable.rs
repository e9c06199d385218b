//! [`hopeless`]: well-formed SealedSecrets that no key opens. A controller knows that only after it has tried every
//! item.

use k8s_openapi::ByteString;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// As many items as a controller tries: each in three scopes, and 600 tries in all.
const ITEMS: usize = 200;

/// The size of a controller's keys.
#[derive(Debug, Clone, Copy)]
pub enum Keys {
    /// Trying one SealedSecret takes a processor a quarter of a second.
    Rsa2048 = 256,
    /// Trying one SealedSecret takes a processor nearly a second.
    Rsa4096 = 512,
}

/// A SealedSecret that is as expensive as one can be.
pub fn hopeless(namespace: &str, name: &str, keys: Keys) -> Value {
    let mut envelope = (keys as u16).to_be_bytes().to_vec();
    // With a leading zero the number is below any modulus of its length.
    envelope.push(0);
    envelope.resize(envelope.len() + usize::from(keys as u16) - 1 + 32, 0x5a);
    let envelope = ByteString(envelope);
    let items: BTreeMap<String, &ByteString> =
        (0..ITEMS).map(|number| (format!("v{number}"), &envelope)).collect();
    json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
        "metadata": { "name": name, "namespace": namespace },
        "spec": { "encryptedData": items },
    })
}
