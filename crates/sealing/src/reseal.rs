//! `reseal`: the same values, sealed to the newest key. The way to let an old key go.

use crate::key_ring::KeyRing;
use crate::seal::{SealFailure, seal_item};
use crate::unseal::{UnsealError, open_items};
use api::{Scope, SealedSecretSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::TryCryptoRng;
use std::collections::BTreeMap;

/// Why items were not resealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResealError {
    /// They do not open.
    #[error("the values do not open")]
    Unseal(#[from] UnsealError),
    /// They do not seal.
    #[error(transparent)]
    Seal(#[from] SealFailure),
}

/// Opens every item and seals it again with the newest key, for the same place and scope.
///
/// The scope is that of the object's own metadata and nothing else's: resealing never widens it.
pub fn reseal<R: TryCryptoRng>(
    rng: &mut R,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
) -> Result<BTreeMap<String, String>, ResealError> {
    if spec.data.is_some() {
        return Err(UnsealError::DeprecatedData.into());
    }
    let newest = ring.newest().ok_or(UnsealError::NoKeys)?.pair().certificate();
    let label = Scope::of(metadata.annotations.as_ref()).label(
        metadata.namespace.as_deref().unwrap_or_default(),
        metadata.name.as_deref().unwrap_or_default(),
    );
    let mut resealed = BTreeMap::new();
    for (key, value) in open_items(metadata, spec, ring)? {
        let sealed = seal_item(rng, newest, &label, value.expose())
            .map_err(|source| SealFailure { key: key.clone(), source })?;
        resealed.insert(key, sealed);
    }
    Ok(resealed)
}

/// Whether every item opens. Nothing is rendered, and every value is wiped unseen.
pub fn opens(metadata: &ObjectMeta, spec: &SealedSecretSpec, ring: &KeyRing) -> bool {
    spec.data.is_none() && !ring.is_empty() && open_items(metadata, spec, ring).is_ok()
}
