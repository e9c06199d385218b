//! `compromise`: whether a leaked key opens an object, and what to do about it. Pure.

use super::shorten::shorten;
use api::annotations::CERTIFICATE_FINGERPRINT;
use api::{ObservedSealedSecret, SealedSecretStatus};
use envelope::Fingerprint;
use sealing::KeyRing;
use std::collections::BTreeSet;

/// What the condition `Compromised` says, if there is reason for it.
///
/// By the keys that opened the object last; where the status is from before it told of keys, by the certificate that the
/// object itself says it was sealed with.
pub(super) fn compromise(
    observed: &ObservedSealedSecret,
    opened_by: Option<&BTreeSet<String>>,
    ring: &KeyRing,
) -> Option<String> {
    let leaked: Vec<String> = match opened_by {
        Some(keys) => revoked(keys, ring).map(|key| key.to_string()).collect(),
        None => hinted(observed)
            .filter(|key| ring.is_revoked(*key))
            .map(|key| key.to_string())
            .into_iter()
            .collect(),
    };
    if leaked.is_empty() {
        return None;
    }
    let items: Vec<&str> = match &observed.spec {
        Ok(spec) => spec.encrypted_data.keys().map(String::as_str).collect(),
        Err(_) => Vec::new(),
    };
    let values = if items.is_empty() { "its values".to_owned() } else { items.join(", ") };
    Some(shorten(&format!(
        "sealed with a key that leaked and was revoked ({}): whoever has that key and this SealedSecret knows its values. \
         Change them where they come from, and seal the new ones: {values}",
        leaked.join(", ")
    )))
}

/// Whether an object that no key opens was sealed with a key that leaked, as far as can be told.
pub(super) fn sealed_with_revoked(
    observed: &ObservedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    ring: &KeyRing,
) -> bool {
    match (hinted(observed), previous.and_then(|status| status.opened_by.as_ref())) {
        (Some(hint), _) => ring.is_revoked(hint),
        (None, Some(keys)) => revoked(keys, ring).next().is_some(),
        (None, None) => false,
    }
}

fn hinted(observed: &ObservedSealedSecret) -> Option<Fingerprint> {
    observed.metadata.annotations.as_ref()?.get(CERTIFICATE_FINGERPRINT)?.parse().ok()
}

fn revoked(keys: &BTreeSet<String>, ring: &KeyRing) -> impl Iterator<Item = Fingerprint> {
    // Whatever else somebody wrote into the status is no key.
    keys.iter().filter_map(|key| key.parse().ok()).filter(|key| ring.is_revoked(*key))
}

#[cfg(test)]
mod tests;
