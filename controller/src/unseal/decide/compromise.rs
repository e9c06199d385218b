//! `compromise`: whether a leaked key opens an object, and what to do about it. Pure.
//!
//! Decided: who deletes the leaked key's Secret does not unsay it. What the status called leaked stays so, until other keys open
//! the object, or the key counts again.

use crate::unseal::report::truncate::shorten;
use api::annotations::CERTIFICATE_FINGERPRINT;
use api::{Condition, SealedSecretStatus, WatchedSealedSecret};
use envelope::Fingerprint;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::KeyRing;
use std::collections::BTreeSet;

/// What a status says about leaked keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compromise {
    /// For the condition `Compromised`.
    pub(crate) message: String,
    /// Fingerprints of the keys that leaked. In a field of their own, because a long message is cut.
    pub(crate) keys: BTreeSet<String>,
}

impl Compromise {
    /// Whether the status says the same already.
    pub(crate) fn is_said_by(&self, status: &SealedSecretStatus) -> bool {
        status.condition(Condition::COMPROMISED).and_then(|mark| mark.message.as_ref()) == Some(&self.message)
            && status.compromised_by.as_ref() == Some(&self.keys)
    }
}

/// What there is to say about leaked keys, if anything is.
///
/// By the keys that opened the object last; where the status is from before it told of keys, by the certificate that the
/// object itself says it was sealed with.
pub(crate) fn compromise(
    observed: &WatchedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    opened_by: Option<&BTreeSet<String>>,
    ring: &KeyRing,
) -> Option<Compromise> {
    let keys: Vec<Fingerprint> = match opened_by {
        Some(keys) => parsed(keys).collect(),
        None => hinted(&observed.metadata).into_iter().collect(),
    };
    let leaked: BTreeSet<String> =
        keys.into_iter().filter(|key| has_leaked(*key, previous, ring)).map(|key| key.to_string()).collect();
    if leaked.is_empty() {
        return None;
    }
    let items = observed.spec.items();
    let values = if items.is_empty() { "its values".to_owned() } else { items.join(", ") };
    let names = leaked.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let message = shorten(&format!(
        "sealed with a key that leaked and was revoked ({names}): a person with that key and this SealedSecret knows its values. \
         Change them where they come from, and seal the new ones: {values}"
    ));
    Some(Compromise { message, keys: leaked })
}

/// Whether an object that no key opens was sealed with a key that leaked, as far as can be told.
pub(crate) fn sealed_with_revoked(
    metadata: &ObjectMeta,
    previous: Option<&SealedSecretStatus>,
    ring: &KeyRing,
) -> bool {
    match (hinted(metadata), previous.and_then(|status| status.opened_by.as_ref())) {
        (Some(hint), _) => has_leaked(hint, previous, ring),
        (None, Some(keys)) => parsed(keys).any(|key| has_leaked(key, previous, ring)),
        (None, None) => false,
    }
}

/// Whether a key leaked: its Secret says so, or the status said so before and the key does not count since.
fn has_leaked(key: Fingerprint, previous: Option<&SealedSecretStatus>, ring: &KeyRing) -> bool {
    let said = || previous.is_some_and(|status| status.says_leaked(&key.to_string()));
    ring.is_revoked(key) || (said() && !counts(key, ring))
}

fn counts(key: Fingerprint, ring: &KeyRing) -> bool {
    ring.iter().any(|active| active.fingerprint() == key)
}

/// The key that the object says it was sealed with.
fn hinted(metadata: &ObjectMeta) -> Option<Fingerprint> {
    metadata.annotations.as_ref()?.get(CERTIFICATE_FINGERPRINT)?.parse().ok()
}

/// The same, where it tells anything: of any other key nothing is known, and made-up fingerprints are no
/// reason to look again.
pub(crate) fn telling_hint(
    observed: &WatchedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    ring: &KeyRing,
) -> Option<Fingerprint> {
    hinted(&observed.metadata).filter(|hint| counts(*hint, ring) || has_leaked(*hint, previous, ring))
}

/// Any other text in the status is no key.
fn parsed(keys: &BTreeSet<String>) -> impl Iterator<Item = Fingerprint> {
    keys.iter().filter_map(|key| key.parse().ok())
}

#[cfg(test)]
mod tests;
