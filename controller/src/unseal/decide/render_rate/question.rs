//! [`Question`]: what unsealing an object would tell of its sealed values, beside that they open.

use crate::unseal::read::target::Target;
use api::SealedSecretSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{may_vary, templated};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Of a question. Half of a SHA-256: no two are alike by chance, nor on purpose.
pub(crate) type Digest = [u8; 16];

/// Something that is asked about sealed values.
#[derive(Debug)]
pub(crate) struct Question {
    /// Namespace and name of the SealedSecret that asks.
    pub(crate) object: (String, String),
    /// In which words; None where the answer may be another each time.
    pub(crate) text: Option<Digest>,
}

/// Everything in a spec that an answer may depend on.
#[derive(Serialize)]
struct Text<'s> {
    templates: &'s Option<BTreeMap<String, Option<String>>>,
    encrypted_data: &'s BTreeMap<String, String>,
    data: &'s Option<String>,
    type_: &'s Option<String>,
    immutable: Option<bool>,
}

impl Question {
    /// What unsealing this SealedSecret onto `target` would ask; None where it asks nothing.
    pub(crate) fn of(metadata: &ObjectMeta, spec: &SealedSecretSpec, target: &Target) -> Option<Self> {
        let is_immutable = matches!(target, Target::Present(existing) if existing.0.immutable == Some(true));
        let asks = is_immutable || templated(spec).next().is_some();
        let object =
            || (metadata.namespace.clone().unwrap_or_default(), metadata.name.clone().unwrap_or_default());
        asks.then(|| Self { object: object(), text: text(spec) })
    }

    /// Whether the answer may be another each time, though the spec is the same.
    pub(crate) fn may_vary(&self) -> bool {
        self.text.is_none()
    }
}

fn text(spec: &SealedSecretSpec) -> Option<Digest> {
    let template = &spec.template;
    if template.data.iter().flatten().any(|(_, text)| text.as_deref().is_some_and(may_vary)) {
        return None;
    }
    let text = Text {
        templates: &template.data,
        encrypted_data: &spec.encrypted_data,
        data: &spec.data,
        type_: &template.type_,
        immutable: template.immutable,
    };
    serde_json::to_vec(&text).ok().map(|json| digest(&json))
}

fn digest(bytes: &[u8]) -> Digest {
    let (mut half, whole) = (Digest::default(), Sha256::digest(bytes));
    half.copy_from_slice(&whole[..16]);
    half
}
