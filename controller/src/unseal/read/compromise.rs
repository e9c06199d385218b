//! [`compromise`]: whether a leaked key opens a SealedSecret. Pure.
//!
//! Decided: deleting the Secret of a leaked key does not remove the condition. A key that the status once named as
//! leaked stays so, until other keys open the SealedSecret, or the key is active again.

use crate::unseal::cause::truncate::truncate;
use api::{SealedSecretStatus, WatchedSealedSecret};
use envelope::Fingerprint;
use sealing::{ItemCertificates, KeyRing, NotedKey};
use std::collections::BTreeSet;

/// What the status says about leaked keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compromise {
    /// The message of the condition `Compromised`.
    pub(crate) message: String,
    /// Fingerprints of the keys that leaked. Not only in the message, which is truncated.
    pub(crate) keys: BTreeSet<String>,
}

/// What the status is to say about leaked keys, if there are any.
///
/// By the keys that opened the SealedSecret last; where the status does not name them, by the certificates that the SealedSecret
/// says it was sealed with. Those also count if it does not open because of a leaked key (`is_blamed`): an item of it may have been sealed
/// with that key since it opened last.
pub(crate) fn compromise(
    observed: &WatchedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    opened_by: Option<&BTreeSet<String>>,
    is_blamed: bool,
    ring: &KeyRing,
) -> Option<Compromise> {
    let hinted = hinted(observed).retaining(|_| is_blamed || opened_by.is_none());
    let keys = opened_by.into_iter().flat_map(parsed).chain(hinted.keys());
    let leaked: BTreeSet<String> =
        keys.filter(|key| has_leaked(*key, previous, ring)).map(|key| key.to_string()).collect();
    if leaked.is_empty() {
        return None;
    }
    // Others were sealed anew since, as far as is known.
    let noted = self::hinted(observed);
    let has_leaked = |item: &String| {
        let keys = noted.candidates(item);
        keys.is_empty() || keys.iter().any(|key| leaked.contains(&key.to_string()))
    };
    let all = observed.spec.items();
    let (some, others): (Vec<String>, Vec<String>) = all.iter().cloned().partition(has_leaked);
    let items = if some.is_empty() { others } else { some };
    let values = if items.is_empty() { "its values".to_owned() } else { items.join(", ") };
    let names = leaked.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let message = truncate(&format!(
        "sealed with a key that leaked and was revoked ({names}): a person with that key and this SealedSecret knows its values. \
         Change them where they come from, and seal the new ones: {values}"
    ));
    Some(Compromise { message, keys: leaked })
}

/// Whether a SealedSecret that does not open, or of which some items do not, was sealed with a leaked key, as far as is known.
pub(crate) fn sealed_with_revoked(
    observed: &WatchedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    ring: &KeyRing,
) -> bool {
    let hinted = hinted(observed);
    match previous.and_then(|status| status.opened_by.as_ref()) {
        Some(keys) if hinted.is_empty() => parsed(keys).any(|key| has_leaked(key, previous, ring)),
        _ => hinted.keys().any(|key| has_leaked(key, previous, ring)),
    }
}

/// Whether an item of such a SealedSecret that does not open, by its name, was sealed with a leaked key: it says so, or nothing of the item.
pub(crate) fn blame<'a>(
    observed: &WatchedSealedSecret,
    previous: Option<&'a SealedSecretStatus>,
    ring: &'a KeyRing,
) -> impl Fn(Option<&str>) -> bool + use<'a> {
    let hinted = hinted(observed);
    move |item| {
        let of_whole = || hinted.of_all().into_iter().collect();
        let keys = item.map_or_else(of_whole, |item| hinted.candidates(item));
        keys.is_empty() || keys.into_iter().any(|key| has_leaked(key, previous, ring))
    }
}

/// Whether a key leaked: its Secret says so, or the status said so before and the key is not active.
fn has_leaked(key: Fingerprint, previous: Option<&SealedSecretStatus>, ring: &KeyRing) -> bool {
    let said = || previous.is_some_and(|status| status.says_leaked(&key.to_string()));
    ring.is_revoked(key) || (said() && !is_active(key, ring))
}

fn is_active(key: Fingerprint, ring: &KeyRing) -> bool {
    ring.iter().any(|active| active.fingerprint() == key)
}

/// The keys that the SealedSecret says it was sealed with. Names that are no items count for nothing.
fn hinted(observed: &WatchedSealedSecret) -> ItemCertificates {
    let hinted = ItemCertificates::of(observed.decoded_annotations().as_ref());
    if hinted.is_empty() || hinted.of_all().is_some() {
        return hinted;
    }
    // Those of a long spec may not be known.
    match &observed.spec.items()[..] {
        [] => hinted,
        items => hinted.among(items.iter().map(String::as_str)),
    }
}

/// The keys that the SealedSecret says it was sealed with, if anything is known of them: a fingerprint that was made up is no reason
/// to decide again.
pub(crate) fn known_hint(
    observed: &WatchedSealedSecret,
    previous: Option<&SealedSecretStatus>,
    ring: &KeyRing,
) -> ItemCertificates {
    hinted(observed).retaining(|hint| {
        let is_here = !matches!(ring.state_of(hint), NotedKey::Absent | NotedKey::Unknown);
        is_here || has_leaked(hint, previous, ring)
    })
}

/// Texts in the status that are no fingerprint are left out.
fn parsed(keys: &BTreeSet<String>) -> impl Iterator<Item = Fingerprint> {
    keys.iter().filter_map(|key| key.parse().ok())
}

#[cfg(test)]
mod tests;
