//! [`probe_of`]: what unsealing a SealedSecret would tell of its sealed values, for the render rate.

use crate::unseal::queue::render_rate::{Digest, Probe};
use crate::unseal::read::target::Target;
use api::SealedSecretSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{may_vary, templated};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Everything in a spec that the result of a probe may depend on.
#[derive(Serialize)]
struct Text<'s> {
    templates: &'s Option<BTreeMap<String, Option<String>>>,
    encrypted_data: &'s BTreeMap<String, String>,
    data: &'s Option<String>,
    type_: &'s Option<String>,
    immutable: Option<bool>,
}

/// What unsealing this SealedSecret onto `target` would probe; None where it probes nothing.
pub(crate) fn probe_of(metadata: &ObjectMeta, spec: &SealedSecretSpec, target: &Target) -> Option<Probe> {
    if !target.is_immutable() && templated(spec).next().is_none() {
        return None;
    }
    let object = (metadata.namespace.clone().unwrap_or_default(), metadata.name.clone().unwrap_or_default());
    Some(Probe { object, text: text(spec) })
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

#[cfg(test)]
mod tests;
