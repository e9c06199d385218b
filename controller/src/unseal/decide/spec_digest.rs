//! [`digest`]: of the spec that a Secret was unsealed from, for the Secret's annotation `unsealed-from`.
//!
//! Decided: on the Secret, because it is written together with the values. A status comes later, or never: with
//! `--update-status=false`, without the right to it, or when the controller is killed in between. The digest covers the spec and not the
//! scope: an item opens under one scope only, so an object that unseals under two scopes has no sealed items.

use api::SealedSecretSpec;
use api::annotations::UNSEALED_FROM;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::UnsealedSecret;
use sha2::{Digest as _, Sha256};

/// The digest of a spec. It is public, as the spec is: nothing in it depends on what the spec opens to.
pub(crate) fn digest(spec: &SealedSecretSpec) -> String {
    // Maps with text as keys can always be written as JSON.
    let json = serde_json::to_vec(spec).unwrap_or_default();
    Sha256::digest(json).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether the annotation of this Secret has this digest.
pub(crate) fn is_from(secret: &ObjectMeta, digest: &str) -> bool {
    secret.annotations.as_ref().and_then(|all| all.get(UNSEALED_FROM)).is_some_and(|from| from == digest)
}

pub(crate) fn annotate(secret: &mut UnsealedSecret, digest: String) {
    secret.metadata.annotations.get_or_insert_default().insert(UNSEALED_FROM.into(), digest);
}
