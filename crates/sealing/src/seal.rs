//! `seal_secret` and `seal_item`: plaintext into what may be committed to Git.

use api::annotations::{CERTIFICATE_FINGERPRINT, UNSEALED_FROM, repeats_object};
use api::{Scope, SealedSecret, SealedSecretSpec, SecretTemplate};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, Plaintext, SealError};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::TryCryptoRng;
use std::collections::BTreeMap;

/// A Secret to be sealed: read, checked, and with its namespace and name set.
#[derive(Debug)]
pub struct SecretToSeal {
    /// The metadata of the input. [`seal_secret`] removes what must not be passed on.
    pub metadata: ObjectMeta,
    /// The Secret's type.
    pub type_: Option<String>,
    /// Whether the Secret is immutable.
    pub immutable: Option<bool>,
    /// The values: `data`, overlaid with `stringData`.
    pub data: BTreeMap<String, Plaintext>,
}

/// Why a Secret could not be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("item {key} could not be sealed")]
pub struct SealFailure {
    /// The item that could not be sealed.
    pub key: String,
    /// What failed.
    #[source]
    pub source: SealError,
}

/// Seals every value of `secret` for its own name, namespace and scope.
///
/// The scope is that of the metadata's annotations. For another scope, call [`Scope::annotate`] first.
pub fn seal_secret<R: TryCryptoRng>(
    rng: &mut R,
    certificate: &Certificate,
    secret: SecretToSeal,
) -> Result<SealedSecret, SealFailure> {
    let scope = Scope::of(secret.metadata.annotations.as_ref());
    let namespace = secret.metadata.namespace.as_deref().unwrap_or_default();
    let name = secret.metadata.name.as_deref().unwrap_or_default();
    let label = scope.label(namespace, name);

    let mut encrypted_data = BTreeMap::new();
    for (key, value) in &secret.data {
        let sealed = seal_item(rng, certificate, &label, value.expose())
            .map_err(|source| SealFailure { key: key.clone(), source })?;
        encrypted_data.insert(key.clone(), sealed);
    }

    let mut annotations = BTreeMap::new();
    scope.annotate(&mut annotations);
    annotations.insert(CERTIFICATE_FINGERPRINT.into(), certificate.fingerprint().to_string());
    Ok(SealedSecret {
        metadata: ObjectMeta {
            name: secret.metadata.name.clone(),
            namespace: secret.metadata.namespace.clone(),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        },
        spec: SealedSecretSpec {
            template: SecretTemplate {
                metadata: Some(template_metadata(secret.metadata)),
                type_: secret.type_,
                immutable: secret.immutable,
                data: None,
            },
            data: None,
            encrypted_data,
        },
        status: None,
    })
}

/// Seals one value under `label` ([`Scope::label`]), as base64.
pub fn seal_item<R: TryCryptoRng>(
    rng: &mut R,
    certificate: &Certificate,
    label: &[u8],
    value: &[u8],
) -> Result<String, SealError> {
    Ok(BASE64_STANDARD.encode(envelope::seal(rng, certificate.public(), label, value)?))
}

/// Removes what would leak values (copies of the object), belong to the cluster it came from, or tie the new Secret
/// to an owner it does not have.
fn template_metadata(mut metadata: ObjectMeta) -> ObjectMeta {
    if let Some(annotations) = &mut metadata.annotations {
        annotations.retain(|name, _| !repeats_object(name) && name != UNSEALED_FROM);
    }
    metadata.annotations = metadata.annotations.filter(|annotations| !annotations.is_empty());
    ObjectMeta {
        name: metadata.name,
        namespace: metadata.namespace,
        labels: metadata.labels,
        annotations: metadata.annotations,
        finalizers: metadata.finalizers,
        generate_name: metadata.generate_name,
        ..ObjectMeta::default()
    }
}
