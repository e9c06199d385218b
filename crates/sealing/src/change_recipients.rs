//! `change_recipients`: the same values for other recipients. `rebind`: for another name, namespace or scope. `outdated_items`: values that not all recipients have.

use crate::base64_text::decode_base64;
use crate::item_error::{ItemError, ItemErrorKind};
use crate::item_opener::ItemOpener;
use crate::keys::Keys;
use crate::reseal::Resealed;
use crate::seal::SealFailure;
use crate::seal_for::SealFor;
use crate::unseal::faulty_items;
use api::SealedSecretSpec;
use api::annotations::RECIPIENTS;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::TryCryptoRng;
use recipients::{NewGroup, Recipients};
use std::collections::BTreeMap;

/// Why the recipients were not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Items that do not open with these keys; all of them.
    #[error("{}", faulty_items(.0))]
    Items(Vec<ItemError>),
    /// The deprecated form has one envelope without a name.
    #[error("spec.data, the deprecated form, has no recipients; seal the Secret again")]
    DeprecatedData,
    /// The values do not seal.
    #[error(transparent)]
    Seal(#[from] SealFailure),
}

/// The items that have entries for an older value, because a program that does not know the annotation changed them. Only keys show it.
pub fn outdated_items(metadata: &ObjectMeta, spec: &SealedSecretSpec, keys: Keys<'_>) -> Vec<String> {
    let opener = ItemOpener::with_keys(metadata, keys);
    let items = spec.encrypted_data.iter().filter(|(name, sealed)| opener.is_outdated(name, sealed));
    items.map(|(name, _)| name.clone()).collect()
}

/// Opens every session key and wraps it for these recipients, and for no others: the items for the first, and one group with a fresh object
/// key for all of them. The sealed values stay byte for byte. With one recipient, the annotation is gone.
///
/// A recipient that is left out opens what is in the history of a repository, and nothing that is sealed later: a changed value gets
/// another session key, and another object key.
pub fn change_recipients<R: TryCryptoRng>(
    rng: &mut R,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    keys: Keys<'_>,
    to: &SealFor<'_>,
) -> Result<Resealed, ChangeError> {
    let label = ItemOpener::with_keys(metadata, keys).label();
    rebind(rng, metadata, spec, keys, &label, to)
}

/// The same as [`change_recipients`], under another label ([`api::Scope::label`]): what the metadata says must open the items, and `label`
/// binds them from now on.
pub fn rebind<R: TryCryptoRng>(
    rng: &mut R,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    keys: Keys<'_>,
    label: &[u8],
    to: &SealFor<'_>,
) -> Result<Resealed, ChangeError> {
    if spec.data.is_some() {
        return Err(ChangeError::DeprecatedData);
    }
    let opener = ItemOpener::with_keys(metadata, keys);
    let of_recipients = |source| SealFailure::Item { key: RECIPIENTS.into(), source };
    let mut group = NewGroup::new(rng, label).map_err(of_recipients)?;
    let (mut encrypted_data, mut errors) = (BTreeMap::new(), Vec::new());
    for (name, sealed) in &spec.encrypted_data {
        let opened = opener.session_key(name, sealed);
        let opened = opened.and_then(|key| Ok((key, decode_base64(sealed).ok_or(ItemErrorKind::NotBase64)?)));
        let (session_key, envelope) = match opened {
            Ok(opened) => opened,
            Err(kind) => {
                errors.push(ItemError { key: name.clone(), kind });
                continue;
            }
        };
        let failure = |source| SealFailure::Item { key: name.clone(), source };
        let resealed =
            envelope::reseal(to.first.public(), label, &session_key, &envelope).map_err(failure)?;
        let sealed_part = envelope::sealed_part(&envelope).map_err(|error| failure(error.into()))?;
        group.add_item(rng, name, sealed_part, &session_key).map_err(failure)?;
        encrypted_data.insert(name.clone(), BASE64_STANDARD.encode(resealed));
    }
    if !errors.is_empty() {
        return Err(ChangeError::Items(errors));
    }
    let mut recipients = None;
    if !to.others.is_empty() {
        to.add_entries(&mut group).map_err(of_recipients)?;
        if let Some(group) = group.finish() {
            recipients = Some(Recipients::new(group).to_text().map_err(SealFailure::Recipients)?);
        }
    }
    Ok(Resealed { encrypted_data, recipients, stay: Vec::new() })
}
