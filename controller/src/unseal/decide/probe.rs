//! [`probe_of`]: what unsealing a SealedSecret would reveal of its sealed values, for the render rate.

use crate::unseal::queue::render_rate::{Digest, Probe};
use crate::unseal::read::target::Target;
use api::SealedSecretSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{may_vary, templated};
use sha2::{Digest as _, Sha256};

/// What unsealing this SealedSecret onto `target` would reveal; None if it reveals nothing.
pub(crate) fn probe_of(metadata: &ObjectMeta, spec: &SealedSecretSpec, target: &Target) -> Option<Probe> {
    if !target.is_immutable() && templated(spec).next().is_none() {
        return None;
    }
    let object = (metadata.namespace.clone().unwrap_or_default(), metadata.name.clone().unwrap_or_default());
    Some(Probe { object, text: text(spec) })
}

/// The digest of everything in a spec that the result may depend on.
fn text(spec: &SealedSecretSpec) -> Option<Digest> {
    let template = &spec.template;
    if template.data.iter().flatten().any(|(_, text)| text.as_deref().is_some_and(may_vary)) {
        return None;
    }
    let text = (&template.data, &spec.encrypted_data, &spec.data, &template.type_, template.immutable);
    let whole = Sha256::digest(serde_json::to_vec(&text).ok()?);
    whole[..16].try_into().ok()
}

#[cfg(test)]
mod tests;
