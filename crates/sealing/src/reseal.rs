//! `reseal`: opens values and seals them to the newest key, so that an old key can be retired. `verify`: says only
//! whether they open.

use crate::item_opener::ItemOpener;
use crate::key_ring::KeyRing;
use crate::seal::{SealFailure, seal_item};
use crate::unseal::Accepted;
use api::{Scope, SealedSecretSpec};
use envelope::Certificate;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::TryCryptoRng;
use std::collections::BTreeMap;

/// The number of items that an object in a request may have. The certificate is public, so any user can make any number of items that
/// open.
pub const MAX_ITEMS_OF_A_REQUEST: usize = 500;

/// Why items were not resealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResealError {
    /// At least one does not open. The error does not say which or why, because the client may not be the owner.
    #[error("the values do not open")]
    DoesNotOpen,
    /// It has more items, or was sealed with more keys, than a controller tries for one request. Says nothing of whether it opens.
    #[error("there are too many items, or too many keys that they were sealed with")]
    TooMuch,
    /// The deprecated form cannot be sealed again as it is.
    #[error("spec.data, the deprecated form, cannot be resealed; seal the Secret again")]
    DeprecatedData,
    /// They do not seal.
    #[error(transparent)]
    Seal(#[from] SealFailure),
}

/// Opens every item and seals it with `certificate`, for the same namespace, name and scope. For requests to a controller: an object that
/// takes too many tries is refused. The private key of the certificate is not needed.
///
/// The scope is that of the object's own metadata, so that resealing never widens it.
pub fn reseal<R: TryCryptoRng>(
    rng: &mut R,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
    certificate: &Certificate,
) -> Result<BTreeMap<String, String>, ResealError> {
    if has_too_many_items(spec) {
        return Err(ResealError::TooMuch);
    }
    reseal_in(rng, &ItemOpener::for_request(metadata, ring), metadata, spec, certificate)
}

/// Opens every item and seals it with `certificate`, as [`reseal`] does, with any number of tries. For a caller that has the keys.
pub fn reseal_in_full<R: TryCryptoRng>(
    rng: &mut R,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
    certificate: &Certificate,
) -> Result<BTreeMap<String, String>, ResealError> {
    reseal_in(rng, &ItemOpener::unbounded(metadata, ring), metadata, spec, certificate)
}

fn reseal_in<R: TryCryptoRng>(
    rng: &mut R,
    opener: &ItemOpener<'_>,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    certificate: &Certificate,
) -> Result<BTreeMap<String, String>, ResealError> {
    if spec.data.is_some() {
        return Err(ResealError::DeprecatedData);
    }
    let label = Scope::of(metadata.annotations.as_ref()).label(
        metadata.namespace.as_deref().unwrap_or_default(),
        metadata.name.as_deref().unwrap_or_default(),
    );
    let mut resealed = BTreeMap::new();
    for (key, sealed) in &spec.encrypted_data {
        if opener.is_spent() {
            return Err(ResealError::TooMuch);
        }
        let value = opener.open_or_not(sealed).ok_or(ResealError::DoesNotOpen)?;
        let sealed = seal_item(rng, certificate, &label, value.expose())
            .map_err(|source| SealFailure { key: key.clone(), source })?;
        resealed.insert(key.clone(), sealed);
    }
    Ok(resealed)
}

/// Whether an object opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All of it does.
    Opens,
    /// At least one item does not.
    DoesNotOpen,
    /// It has more items than a request may have, or was sealed with more keys. All that was tried did open.
    TooMuch,
}

/// Whether all items open. It stops at the first that does not, renders no template, and wipes every value.
///
/// An object with too many items is refused before any is tried.
pub fn verify(metadata: &ObjectMeta, spec: &SealedSecretSpec, ring: &KeyRing, accepted: Accepted) -> Verdict {
    if has_too_many_items(spec) {
        return Verdict::TooMuch;
    }
    let opener = ItemOpener::for_request(metadata, ring);
    let items = match &spec.data {
        Some(_) if !accepted.deprecated_data || !spec.encrypted_data.is_empty() => {
            return Verdict::DoesNotOpen;
        }
        None if ring.is_empty() => return Verdict::DoesNotOpen,
        data => data.iter().chain(spec.encrypted_data.values()),
    };
    for sealed in items {
        if opener.is_spent() {
            return Verdict::TooMuch;
        }
        if opener.open_or_not(sealed).is_none() {
            return Verdict::DoesNotOpen;
        }
    }
    Verdict::Opens
}

fn has_too_many_items(spec: &SealedSecretSpec) -> bool {
    spec.encrypted_data.len() > MAX_ITEMS_OF_A_REQUEST
}
