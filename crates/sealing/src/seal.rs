//! `seal_secret`, `seal_items` and `seal_item`: plaintext into what may be committed to Git.

use crate::seal_for::SealFor;
use api::annotations::{CERTIFICATE_FINGERPRINT, RECIPIENTS, UNSEALED_FROM, repeats_object};
use api::{Scope, SealedSecret, SealedSecretSpec, SecretTemplate};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, Plaintext, SealError};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::TryCryptoRng;
use recipients::{Group, NewGroup, Recipients, TooLong};
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
pub enum SealFailure {
    /// An item, or the entries for the recipients.
    #[error("item {key} could not be sealed")]
    Item {
        /// The item that could not be sealed.
        key: String,
        /// What failed.
        #[source]
        source: SealError,
    },
    /// There are too many recipients and items for one annotation.
    #[error("the SealedSecret cannot be sealed for so many recipients")]
    Recipients(#[source] TooLong),
}

/// Seals every value of `secret` for its own name, namespace and scope, to one certificate.
///
/// The scope is that of the metadata's annotations. For another scope, call [`Scope::annotate`] first.
pub fn seal_secret<R: TryCryptoRng>(
    rng: &mut R,
    certificate: &Certificate,
    secret: &SecretToSeal,
) -> Result<SealedSecret, SealFailure> {
    seal_secret_for(rng, &SealFor::one(certificate), secret)
}

/// Seals every value of `secret`, as [`seal_secret`] does, for several recipients. The entries for them are in the annotation
/// `sealedsecrets.bitnami.com/recipients`.
pub fn seal_secret_for<R: TryCryptoRng>(
    rng: &mut R,
    to: &SealFor<'_>,
    secret: &SecretToSeal,
) -> Result<SealedSecret, SealFailure> {
    let scope = Scope::of(secret.metadata.annotations.as_ref());
    let namespace = secret.metadata.namespace.as_deref().unwrap_or_default();
    let name = secret.metadata.name.as_deref().unwrap_or_default();
    let label = scope.label(namespace, name);

    let items = secret.data.iter().map(|(key, value)| (key.as_str(), value.expose()));
    let SealedItems { encrypted_data, group } = seal_items(rng, to, &label, items)?;

    let mut annotations = BTreeMap::new();
    scope.annotate(&mut annotations);
    annotations.insert(CERTIFICATE_FINGERPRINT.into(), to.first.fingerprint().to_string());
    if let Some(group) = group {
        let text = Recipients::new(group).to_text().map_err(SealFailure::Recipients)?;
        annotations.insert(RECIPIENTS.into(), text);
    }
    Ok(SealedSecret {
        metadata: ObjectMeta {
            name: secret.metadata.name.clone(),
            namespace: secret.metadata.namespace.clone(),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        },
        spec: SealedSecretSpec {
            template: SecretTemplate {
                metadata: Some(template_metadata(secret.metadata.clone())),
                type_: secret.type_.clone(),
                immutable: secret.immutable,
                data: None,
            },
            data: None,
            encrypted_data,
        },
        status: None,
    })
}

/// Items that were sealed together.
#[derive(Debug)]
pub struct SealedItems {
    /// The items of `spec.encryptedData`.
    pub encrypted_data: BTreeMap<String, String>,
    /// Their entries for the recipients; None for one recipient, and where there is no item.
    pub group: Option<Group>,
}

/// Seals values under `label` ([`Scope::label`]). Only certificates are needed, so it may add items to an object that the caller cannot
/// open: [`Recipients::add`] adds the group.
pub fn seal_items<'v, R: TryCryptoRng>(
    rng: &mut R,
    to: &SealFor<'_>,
    label: &[u8],
    items: impl Iterator<Item = (&'v str, &'v [u8])>,
) -> Result<SealedItems, SealFailure> {
    let of_recipients = |source| SealFailure::Item { key: RECIPIENTS.into(), source };
    let mut group = NewGroup::new(rng, label).map_err(of_recipients)?;
    let mut encrypted_data = BTreeMap::new();
    for (key, value) in items {
        let failure = |source| SealFailure::Item { key: key.to_owned(), source };
        let (envelope, session_key) =
            envelope::seal_and_keep(rng, to.first.public(), label, value).map_err(failure)?;
        if !to.others.is_empty() {
            let sealed_part = envelope::sealed_part(&envelope).map_err(|error| failure(error.into()))?;
            group.add_item(rng, key, sealed_part, &session_key).map_err(failure)?;
        }
        encrypted_data.insert(key.to_owned(), BASE64_STANDARD.encode(envelope));
    }
    if to.others.is_empty() {
        return Ok(SealedItems { encrypted_data, group: None });
    }
    to.add_entries(&mut group).map_err(of_recipients)?;
    Ok(SealedItems { encrypted_data, group: group.finish() })
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
