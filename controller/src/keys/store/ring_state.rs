//! [`RingState`]: what follows from all key Secrets together: the ring, the records for renewal, and the findings. Pure.
//!
//! Decided: if one Secret marks a key as leaked, that private key is not used at all: not from another Secret, and not under another
//! certificate. Otherwise a backup that is restored beside it would bring it back without a message.
//!
//! Decided: of a key that stands in plain and wrapped, the wrapped Secret counts, once it is unwrapped. A key in plain that only opens is in
//! the ring, and not active in the records, from which follow renewal and the certificate that is served.

mod assembly;
pub(crate) mod sources;

use crate::keys::key_policy::KeyPolicy;
use crate::keys::store::findings::KeyFinding;
use crate::keys::store::key_records::KeyRecords;
use crate::keys::store::key_secret::{KeyContent, KeySecret};
use crate::keys::store::ring_state::assembly::{Assembled, assemble};
use crate::keys::store::ring_state::sources::Sources;
use crate::keys::store::wrapped_secret::{Unwrapping, WrappedId, WrappedSecret};
use api::resource_version::is_later;
use envelope::Fingerprint;
use key_wrapping::WrappedKey;
use sealing::KeyRing;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One state of the key Secrets. A change makes a new one.
#[derive(Debug)]
pub(crate) struct RingState {
    sources: Sources,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) records: Arc<KeyRecords>,
    pub(crate) findings: Vec<KeyFinding>,
    /// The keys of which a Secret says that there is a backup.
    pub(crate) backed_up: BTreeSet<Fingerprint>,
    /// The keys in plain that have no escrow copy, where each is to have one. Their certificates are not served.
    pub(crate) without_copy: BTreeSet<Fingerprint>,
}

impl RingState {
    fn new(mut sources: Sources) -> Self {
        // What is known of a version that is gone is forgotten, the private key with it.
        let wrapped = sources.secrets.values().filter_map(|secret| match &secret.content {
            KeyContent::Wrapped { wrapped, .. } => Some(wrapped.id),
            _ => None,
        });
        let present: BTreeSet<_> = wrapped.collect();
        sources.unwrapping.retain(|id, _| present.contains(id));
        let Assembled { ring, records, findings, backed_up, without_copy } = assemble(&sources);
        Self { sources, ring: Arc::new(ring), records: Arc::new(records), findings, backed_up, without_copy }
    }

    /// The state before the keys were read.
    pub(crate) fn unread(policy: KeyPolicy) -> Self {
        Self::new(Sources {
            policy,
            secrets: BTreeMap::new(),
            unwrapping: BTreeMap::new(),
            current_keys: BTreeMap::new(),
            are_listed: false,
            watched_until: None,
            had_any: false,
        })
    }

    /// The state with these Secrets, which the watch has shown up to this resourceVersion.
    pub(crate) fn replacing(&self, secrets: BTreeMap<String, KeySecret>, until: Option<&str>) -> Self {
        let watched_until = until.map(str::to_owned);
        Self::new(Sources { secrets, are_listed: true, watched_until, ..self.sources() })
    }

    /// This state and one more Secret, which was just stored, or read by its name; unless the watch has already shown a later
    /// version of it, or that it was deleted.
    pub(crate) fn with(&self, secret: KeySecret) -> Self {
        let mut sources = self.sources();
        if !self.is_outdated(&secret) {
            sources.secrets.insert(secret.about.name.clone(), secret);
        }
        Self::new(sources)
    }

    /// This state with what has become of unwrapping keys.
    pub(crate) fn unwrapping(&self, unwrapping: impl IntoIterator<Item = (WrappedId, Unwrapping)>) -> Self {
        let mut sources = self.sources();
        sources.unwrapping.extend(unwrapping);
        Self::new(sources)
    }

    /// This state and a wrapped key that was just stored and unwrapped. What its slots name is with which their providers encrypt now: else a
    /// key that was wrapped after a rotation would be said to be stale until they are asked again.
    pub(crate) fn storing(&self, secret: &KeySecret, id: WrappedId, unwrapping: &Unwrapping) -> Self {
        let mut sources = self.with(secret.clone()).sources();
        sources.unwrapping.insert(id, unwrapping.clone());
        if let KeyContent::Wrapped { wrapped, .. } = &secret.content {
            for slot in wrapped.key.slots() {
                // Of a provider that is never asked, nothing would be known after a restart.
                if let Some(current) = sources.current_keys.get_mut(&slot.uri) {
                    current.clone_from(&slot.key_id);
                }
            }
        }
        Self::new(sources)
    }

    /// This state with the name of the key with which a provider encrypts now.
    pub(crate) fn encrypting_with(&self, provider: &str, key_id: &str) -> Self {
        let mut sources = self.sources();
        sources.current_keys.insert(provider.to_owned(), key_id.to_owned());
        Self::new(sources)
    }

    /// The providers that encrypt with another key now than with that of their slot.
    pub(crate) fn stale_slots<'k>(&self, key: &'k WrappedKey) -> Vec<&'k str> {
        key.stale_slots(&self.sources.current_keys)
    }

    pub(crate) fn policy(&self) -> &KeyPolicy {
        &self.sources.policy
    }

    /// The Secrets, by name.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &KeySecret> {
        self.sources.secrets.values()
    }

    /// What has become of unwrapping a key; None before it was tried.
    pub(crate) fn unwrapped(&self, id: WrappedId) -> Option<&Unwrapping> {
        self.sources.unwrapping.get(&id)
    }

    /// The wrapped keys that are neither unwrapped nor known not to open, newest first.
    pub(crate) fn waiting(&self) -> Vec<Arc<WrappedSecret>> {
        if !self.sources.policy.unwraps {
            return Vec::new();
        }
        let wrapped = self.secrets().filter_map(|secret| match &secret.content {
            KeyContent::Wrapped { wrapped, .. } => Some(wrapped),
            _ => None,
        });
        let is_waiting = |wrapped: &&Arc<WrappedSecret>| {
            matches!(self.unwrapped(wrapped.id), None | Some(Unwrapping::Waiting { .. }))
        };
        let mut waiting: Vec<_> = wrapped.filter(is_waiting).cloned().collect();
        waiting.sort_by_key(|wrapped| std::cmp::Reverse(wrapped.key.since()));
        waiting
    }

    /// The wrapped keys of which nothing is known.
    pub(crate) fn untried(&self) -> impl Iterator<Item = Arc<WrappedSecret>> {
        self.waiting().into_iter().filter(|wrapped| self.unwrapped(wrapped.id).is_none())
    }

    /// Whether the keys were listed, and each wrapped one was tried.
    pub(crate) fn all_tried(&self) -> bool {
        self.sources.are_listed && self.untried().next().is_none()
    }

    /// Whether no Secret is labelled as a key, and none has been a key since this process started.
    pub(crate) fn never_had_key(&self) -> bool {
        !self.records.had_any && self.records.secrets.is_empty()
    }

    fn sources(&self) -> Sources {
        Sources { had_any: self.records.had_any, ..self.sources.clone() }
    }

    fn is_outdated(&self, secret: &KeySecret) -> bool {
        let version = secret.about.resource_version.as_deref();
        match self.sources.secrets.get(&secret.about.name) {
            Some(known) => is_later(known.about.resource_version.as_deref(), version),
            // The watch never shows a Secret without the label, which only takes a name.
            None => {
                !matches!(secret.content, KeyContent::Unused)
                    && is_later(self.sources.watched_until.as_deref(), version)
            }
        }
    }
}

#[cfg(test)]
mod tests;
