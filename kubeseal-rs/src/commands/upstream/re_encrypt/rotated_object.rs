//! [`Resealed`]: the parts of the controller's response that are used.
//!
//! Decided: the items and the fingerprint only, because the controller must not change the rest. A response with
//! another scope is an error.

use crate::error::Hint;
use crate::manifest::sealed_field::SealedField;
use api::annotations::CERTIFICATE_FINGERPRINT;
use api::{Scope, SealedSecretSpec, decode};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use yaml_edit_in_place::Change;

/// Items that are sealed to the newest key.
pub(crate) struct Resealed {
    pub items: BTreeMap<String, String>,
    /// Fingerprint of that key's certificate, if the controller sends it.
    pub hint: Option<String>,
}

/// The controller's response is not the SealedSecret with other ciphertexts.
#[derive(Debug, thiserror::Error)]
#[error("what the controller answered for the SealedSecret in {0} is not the same SealedSecret")]
pub(crate) struct UnexpectedObject(String);

#[derive(Deserialize)]
struct RotatedObject {
    metadata: ObjectMeta,
    spec: SealedSecretSpec,
}

impl Hint for UnexpectedObject {
    fn hint(&self) -> Option<String> {
        Some("check --controller-name, --controller-namespace and --context; nothing was changed".into())
    }
}

impl Resealed {
    /// Reads the response about the SealedSecret in `location`, which has this metadata and spec. None without a response.
    pub(crate) fn of(
        location: &str,
        answer: Option<Value>,
        metadata: &ObjectMeta,
        spec: &SealedSecretSpec,
    ) -> Option<Result<Self, UnexpectedObject>> {
        let answer = decode::<RotatedObject>(answer?).ok().filter(|answer| {
            metadata.name == answer.metadata.name
                && metadata.namespace == answer.metadata.namespace
                && scope(metadata) == scope(&answer.metadata)
                && spec.encrypted_data.keys().eq(answer.spec.encrypted_data.keys())
        });
        Some(answer.map(Self::taken).ok_or_else(|| UnexpectedObject(location.to_owned())))
    }

    fn taken(answer: RotatedObject) -> Self {
        Self { hint: hint(&answer.metadata).cloned(), items: answer.spec.encrypted_data }
    }

    /// The changes that write it into the SealedSecret of a file.
    pub(crate) fn into_changes(self) -> Vec<Change> {
        let items = self.items.into_iter().map(|(key, item)| SealedField::Item(&key).set(item));
        let hint = SealedField::Annotation(CERTIFICATE_FINGERPRINT).set_or_remove(self.hint);
        items.chain([hint]).collect()
    }
}

fn scope(metadata: &ObjectMeta) -> Scope {
    Scope::of(metadata.annotations.as_ref())
}

fn hint(metadata: &ObjectMeta) -> Option<&String> {
    metadata.annotations.as_ref()?.get(CERTIFICATE_FINGERPRINT)
}
