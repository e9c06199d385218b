//! `unseal`: a SealedSecret into the Secret it stands for.

use crate::deprecated::open_whole;
use crate::key_ring::KeyRing;
use crate::message::{depend_on_values, faulty, faulty_items, faulty_templates};
use crate::place::Place;
use crate::templates::{self, BadTemplate};
use crate::unsealed_secret::UnsealedSecret;
use api::annotations::{SKIP_SET_OWNER_REFERENCES, UNSEALED_FROM};
use api::{Scope, SealedSecret, SealedSecretSpec};
use envelope::Plaintext;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource as _;
use std::collections::{BTreeMap, BTreeSet};
use template::Outside;

/// Why a SealedSecret does not become a Secret. Messages name items, never values, and tell of templates nothing that depends on
/// values but that they do not render; [`crate::InFull`] does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// The controller has no sealing key.
    #[error("there is no sealing key yet")]
    NoKeys,
    /// Items that do not open; all of them, each once.
    #[error("{}", faulty_items(.0))]
    Items(Vec<ItemError>),
    /// The deprecated whole-Secret form, where it is not accepted.
    #[error("using deprecated 'data' field, which is not accepted here: seal the Secret again")]
    DeprecatedData,
    /// Both forms at once.
    #[error("cannot use the field 'encryptedData' and the deprecated field 'data' at the same time")]
    BothForms,
    /// The deprecated form does not open.
    #[error("{}", faulty(*.0, "spec.data"))]
    DeprecatedItem(ItemFault),
    /// It opens, and holds something else.
    #[error("spec.data opens, but what it holds is not a Secret")]
    DeprecatedShape,
    /// Texts that are no templates, and beside them the items that do not open; or, where all texts were read and all items
    /// opened, templates that do not render.
    #[error("{}", faulty_templates(.items, .templates))]
    Templates {
        /// Items that do not open; all of them, each once.
        items: Vec<ItemError>,
        /// Templates that do not render; all of them, each once.
        templates: Vec<BadTemplate>,
    },
}

/// One item that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemError {
    /// The item's key.
    pub key: String,
    /// What is wrong with it.
    pub fault: ItemFault,
}

/// What is wrong with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemFault {
    /// Not base64.
    NotBase64,
    /// An envelope that ends early.
    Truncated,
    /// Opens, but under a scope that the annotations do not state.
    OtherScope(Scope),
    /// Not tried any more: those before it did not open, or took too many keys to open.
    NotTried,
    /// Opens under no scope at this place.
    NoKeyOpens,
    /// Opens under no scope at this place, and the key it was sealed with is known to have leaked.
    KeyRevoked,
}

impl UnsealError {
    /// Says of whatever no key opens that its key was revoked; the ring alone cannot know which key that was.
    #[must_use]
    pub fn blaming_revocation(mut self) -> Self {
        let faults = match &mut self {
            Self::Items(errors) | Self::Templates { items: errors, .. } => {
                errors.iter_mut().map(|error| &mut error.fault).collect()
            }
            Self::DeprecatedItem(fault) => vec![fault],
            Self::NoKeys | Self::DeprecatedData | Self::BothForms | Self::DeprecatedShape => Vec::new(),
        };
        for fault in faults {
            if *fault == ItemFault::NoKeyOpens {
                *fault = ItemFault::KeyRevoked;
            }
        }
        self
    }

    /// Whether it was found while rendering, so that it tells something of the values.
    pub fn depends_on_values(&self) -> bool {
        matches!(self, Self::Templates { templates, .. } if depend_on_values(templates))
    }

    /// Whether anything in it was sealed with a key that was revoked.
    pub fn blames_revocation(&self) -> bool {
        match self {
            Self::Items(errors) | Self::Templates { items: errors, .. } => {
                errors.iter().any(|error| error.fault == ItemFault::KeyRevoked)
            }
            Self::DeprecatedItem(fault) => *fault == ItemFault::KeyRevoked,
            Self::NoKeys | Self::DeprecatedData | Self::BothForms | Self::DeprecatedShape => false,
        }
    }

    /// Whether the arrival of another sealing key may mend it.
    pub fn wants_key(&self) -> bool {
        match self {
            Self::NoKeys => true,
            Self::Items(errors) | Self::Templates { items: errors, .. } => {
                errors.iter().any(|error| error.fault == ItemFault::NoKeyOpens)
            }
            Self::DeprecatedItem(fault) => *fault == ItemFault::NoKeyOpens,
            Self::DeprecatedData | Self::BothForms | Self::DeprecatedShape => false,
        }
    }
}

/// What is accepted beside the usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The deprecated form, `spec.data`.
    pub deprecated_data: bool,
}

/// Unseals the SealedSecret that has this metadata and spec.
///
/// The label comes from the object's own namespace, name and annotations: a SealedSecret that was renamed, moved
/// or given a wider scope does not open. The time and randomness that templates may ask for come with `outside`.
pub fn unseal(
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
    accepted: Accepted,
    mut outside: Outside<'_>,
) -> Result<UnsealedSecret, UnsealError> {
    if let Some(data) = &spec.data {
        return unseal_deprecated(metadata, spec, ring, accepted, data);
    }
    if ring.is_empty() {
        return Err(UnsealError::NoKeys);
    }
    let place = Place::of(metadata, ring);
    let mut secret = UnsealedSecret {
        data: open_items(&place, spec)?,
        opened_by: place.opened_by(),
        metadata: target_metadata(metadata, spec, spec.template.metadata.clone().unwrap_or_default()),
        type_: spec.template.type_.clone(),
        immutable: spec.template.immutable,
        varying: BTreeSet::new(),
        templated: templates::templated(spec).next().is_some(),
    };
    templates::render(templates::texts_of(spec), &mut secret, &mut outside)?;
    Ok(secret)
}

fn unseal_deprecated(
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
    accepted: Accepted,
    data: &str,
) -> Result<UnsealedSecret, UnsealError> {
    if !accepted.deprecated_data {
        return Err(UnsealError::DeprecatedData);
    }
    if !spec.encrypted_data.is_empty() {
        return Err(UnsealError::BothForms);
    }
    if ring.is_empty() {
        return Err(UnsealError::NoKeys);
    }
    let mut secret = open_whole(&Place::of(metadata, ring), data)?;
    secret.metadata = target_metadata(metadata, spec, std::mem::take(&mut secret.metadata));
    Ok(secret)
}

/// Opens every item at the place that the metadata states; all that do not open are named.
fn open_items(
    place: &Place<'_>,
    spec: &SealedSecretSpec,
) -> Result<BTreeMap<String, Plaintext>, UnsealError> {
    let mut data = BTreeMap::new();
    let mut errors = Vec::new();
    for (key, sealed) in &spec.encrypted_data {
        match place.open(sealed) {
            Ok(value) => {
                data.insert(key.clone(), value);
            }
            Err(fault) => errors.push(ItemError { key: key.clone(), fault }),
        }
    }
    if !errors.is_empty() {
        templates::check(spec, errors)?;
    }
    Ok(data)
}

/// Whether the Secret is to be made without the SealedSecret as its owner. In the deprecated form too it is the template that
/// says so, and not the Secret in the envelope.
pub fn skips_owner(spec: &SealedSecretSpec) -> bool {
    let template = spec.template.metadata.as_ref();
    template
        .and_then(|template| template.annotations.as_ref()?.get(SKIP_SET_OWNER_REFERENCES))
        .is_some_and(|value| value == "true")
}

/// The template's metadata, without what only the controller writes, with name and namespace forced and the owner set: the SealedSecret, unless it is not to be; then
/// those that the template names.
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
            Some(vec![owner(sealed)])
        },
        // Whatever else the template has (uid, generateName, managedFields, …) is the API server's to write.
        ..ObjectMeta::default()
    }
}

fn owner(sealed: &ObjectMeta) -> OwnerReference {
    OwnerReference {
        api_version: SealedSecret::api_version(&()).into_owned(),
        kind: SealedSecret::kind(&()).into_owned(),
        name: sealed.name.clone().unwrap_or_default(),
        uid: sealed.uid.clone().unwrap_or_default(),
        controller: Some(true),
        block_owner_deletion: None,
    }
}
