//! `unseal`: a SealedSecret into the Secret it stands for.

mod deprecated;
mod error;
mod message;
mod templates;

pub use error::{InFull, UnsealError};
pub use message::DO_NOT_RENDER;
pub(crate) use message::faulty_items;
pub use templates::{TemplateFault, template_faults, templated};

use crate::item_error::{ItemError, ItemErrorKind};
use crate::item_opener::ItemOpener;
use crate::keys::Keys;
use crate::keys::key_ring::KeyRing;
use crate::unsealed_secret::UnsealedSecret;
use api::annotations::{SKIP_SET_OWNER_REFERENCES, UNSEALED_FROM};
use api::{SealedSecret, SealedSecretSpec};
use deprecated::open_whole;
use envelope::{Fingerprint, Plaintext};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource as _;
use std::collections::{BTreeMap, BTreeSet};
use template::Outside;

/// What is accepted beside `spec.encryptedData`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The deprecated form, `spec.data`.
    pub deprecated_data: bool,
}

/// Unseals the SealedSecret that has this metadata and spec.
///
/// The label comes from the object's own namespace, name and annotations: a SealedSecret that was renamed, moved
/// or given a wider scope does not open. The time and randomness that templates may ask for come with `outside`. The keys `likely` are tried
/// first where the annotations do not name the key: a backlog that is sealed with an old key costs one try for each item then, and not one for each key.
pub fn unseal(
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
    likely: &[Fingerprint],
    accepted: Accepted,
    outside: Outside<'_>,
) -> Result<UnsealedSecret, UnsealError> {
    unseal_in(&ItemOpener::bounded(metadata, ring, likely), metadata, spec, accepted, outside)
}

/// Unseals a SealedSecret, as [`unseal`] does, with any number of tries, and with age identities. For a user who has the keys.
pub fn unseal_in_full(
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    keys: Keys<'_>,
    accepted: Accepted,
    outside: Outside<'_>,
) -> Result<UnsealedSecret, UnsealError> {
    unseal_in(&ItemOpener::with_keys(metadata, keys), metadata, spec, accepted, outside)
}

fn unseal_in(
    opener: &ItemOpener<'_>,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    accepted: Accepted,
    mut outside: Outside<'_>,
) -> Result<UnsealedSecret, UnsealError> {
    if let Some(data) = &spec.data {
        return unseal_deprecated(opener, metadata, spec, accepted, data);
    }
    if opener.has_no_key() {
        return Err(UnsealError::NoKeys);
    }
    let mut secret = unrendered(metadata, spec, open_items(opener, spec)?);
    secret.opened_by = opener.opened_by();
    secret.unread_recipients = opener.entries().error().cloned();
    templates::render(templates::texts_of(spec), &mut secret, &mut outside)?;
    Ok(secret)
}

/// The Secret that it would become if its items had these values. Nothing is opened; templates are rendered within the bounds of [`unseal`].
pub fn render_with(
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    values: BTreeMap<String, Plaintext>,
    mut outside: Outside<'_>,
) -> Result<UnsealedSecret, UnsealError> {
    let mut secret = unrendered(metadata, spec, values);
    templates::render(templates::texts_of(spec), &mut secret, &mut outside)?;
    Ok(secret)
}

/// The Secret with these values, before its templates are rendered.
fn unrendered(
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    data: BTreeMap<String, Plaintext>,
) -> UnsealedSecret {
    UnsealedSecret {
        data,
        opened_by: BTreeSet::new(),
        metadata: target_metadata(metadata, spec, spec.template.metadata.clone().unwrap_or_default()),
        type_: spec.template.type_.clone(),
        immutable: spec.template.immutable,
        varying: BTreeSet::new(),
        templated: templated(spec).next().is_some(),
        unread_recipients: None,
    }
}

fn unseal_deprecated(
    opener: &ItemOpener<'_>,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    accepted: Accepted,
    data: &str,
) -> Result<UnsealedSecret, UnsealError> {
    if !accepted.deprecated_data {
        return Err(UnsealError::DeprecatedData);
    }
    if !spec.encrypted_data.is_empty() {
        return Err(UnsealError::BothForms);
    }
    if opener.has_no_key() {
        return Err(UnsealError::NoKeys);
    }
    let mut secret = open_whole(opener, data)?;
    secret.metadata = target_metadata(metadata, spec, std::mem::take(&mut secret.metadata));
    Ok(secret)
}

/// Why the items do not open with these keys; None if they do. For a user who has the keys.
#[must_use]
pub fn why_not(metadata: &ObjectMeta, spec: &SealedSecretSpec, keys: Keys<'_>) -> Option<UnsealError> {
    let opener = ItemOpener::with_keys(metadata, keys);
    if opener.has_no_key() {
        return Some(UnsealError::NoKeys);
    }
    opened_items(&opener, spec).err().map(UnsealError::Items)
}

/// Opens every item. The error names all that do not open, and what is wrong with the templates.
fn open_items(
    opener: &ItemOpener<'_>,
    spec: &SealedSecretSpec,
) -> Result<BTreeMap<String, Plaintext>, UnsealError> {
    opened_items(opener, spec).map_err(|errors| templates::beside(spec, errors))
}

/// Opens every item. The error names all that do not open.
fn opened_items(
    opener: &ItemOpener<'_>,
    spec: &SealedSecretSpec,
) -> Result<BTreeMap<String, Plaintext>, Vec<ItemError>> {
    let mut data = BTreeMap::new();
    let mut errors = Vec::new();
    for (key, sealed) in &spec.encrypted_data {
        match opener.open(key, sealed) {
            Ok(value) => {
                data.insert(key.clone(), value);
            }
            Err(kind) => errors.push(ItemError { key: key.clone(), kind }),
        }
    }
    if errors.is_empty() {
        return Ok(data);
    }
    if !data.is_empty() {
        for error in &mut errors {
            if let ItemErrorKind::NoKeyOpens(diagnosis) = &mut error.kind {
                *diagnosis = diagnosis.clone().beside_items_that_open(opener.scope());
            }
        }
    }
    Err(errors)
}

/// Whether the Secret is to be made without the SealedSecret as its owner. This is read from `spec.template` in the deprecated form
/// too, not from the Secret in the envelope.
pub fn skips_owner(spec: &SealedSecretSpec) -> bool {
    let template = spec.template.metadata.as_ref();
    template
        .and_then(|template| template.annotations.as_ref()?.get(SKIP_SET_OWNER_REFERENCES))
        .is_some_and(|value| value == "true")
}

/// The metadata of the Secret: the template's, with the SealedSecret's name and namespace, and without the annotation that only the
/// controller writes. Its owner is the SealedSecret, unless the template says otherwise.
fn target_metadata(sealed: &ObjectMeta, spec: &SealedSecretSpec, mut template: ObjectMeta) -> ObjectMeta {
    if let Some(annotations) = &mut template.annotations {
        annotations.remove(UNSEALED_FROM);
    }
    ObjectMeta {
        name: sealed.name.clone(),
        namespace: sealed.namespace.clone(),
        labels: template.labels,
        annotations: template.annotations,
        finalizers: template.finalizers,
        owner_references: if skips_owner(spec) {
            template.owner_references
        } else {
            owner(sealed).map(|owner| vec![owner])
        },
        // Whatever else the template has (uid, generateName, managedFields, …) is the API server's to write.
        ..ObjectMeta::default()
    }
}

/// None for a SealedSecret that does not come from a cluster: the API server refuses an owner without a UID.
fn owner(sealed: &ObjectMeta) -> Option<OwnerReference> {
    let uid = sealed.uid.clone().filter(|uid| !uid.is_empty())?;
    Some(OwnerReference {
        api_version: SealedSecret::api_version(&()).into_owned(),
        kind: SealedSecret::kind(&()).into_owned(),
        name: sealed.name.clone().unwrap_or_default(),
        uid,
        controller: Some(true),
        block_owner_deletion: None,
    })
}
