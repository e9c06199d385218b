//! [`ItemOpener`]: opens the items of one object, for the namespace, name and scope that its metadata states.

mod entries;
mod trials;

use crate::base64_text::decode_base64;
use crate::item_error::ItemErrorKind;
use crate::item_error::diagnosis::Diagnosis;
use crate::item_error::item_certificates::ItemCertificates;
use crate::item_error::noted_key::NotedKeys;
use crate::item_error::scope_change::ScopeChange;
use crate::keys::Keys;
use crate::keys::key_ring::KeyRing;
use api::Scope;
use entries::Entries;
use envelope::{AesKey, Fingerprint, OpenError, Plaintext, open_with, sealed_part};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use recipients::{Entry, Matching, ObjectKey};
use std::collections::{BTreeMap, BTreeSet};
use trials::{Effort, Trials};

/// Opens the items of one object. The namespace, name and scope are those of the object's own metadata.
pub(crate) struct ItemOpener<'a> {
    trials: Trials<'a>,
    entries: Entries<'a>,
    annotations: Option<&'a BTreeMap<String, String>>,
    certificates: ItemCertificates,
    ring: &'a KeyRing,
    scope: Scope,
    namespace: &'a str,
    name: &'a str,
}

/// What an envelope did not open with.
enum Unopened {
    Truncated,
    /// No key opens it, and there is no entry that a key opens.
    NoKey,
    /// No key opens it, and its entry is for another envelope.
    Outdated,
    /// Its entry matches, and its session key is another one.
    NotCommitted,
}

impl<'a> ItemOpener<'a> {
    /// For a controller, which any user may give objects: the number of tries is bounded. The `likely` keys are tried before the others where
    /// the annotations name none.
    pub(crate) fn bounded(metadata: &'a ObjectMeta, ring: &'a KeyRing, likely: &[Fingerprint]) -> Self {
        let opener = Self::new(metadata, ring, Effort::Bounded);
        let named = opener.certificates.of_all();
        Self { trials: opener.trials.trying_first(likely).trying_first(named.as_slice()), ..opener }
    }

    /// For a request that any user may send, and send again: the number of tries is small, and others may have their turn before each.
    pub(crate) fn for_request(
        metadata: &'a ObjectMeta,
        ring: &'a KeyRing,
        before_each: &'a dyn Fn(),
    ) -> Self {
        let opener = Self::new(metadata, ring, Effort::Request);
        Self {
            trials: opener.trials.calling(before_each),
            entries: opener.entries.calling(before_each),
            ..opener
        }
    }

    /// For a user who has the keys: every key is tried, however long that takes.
    pub(crate) fn unbounded(metadata: &'a ObjectMeta, ring: &'a KeyRing) -> Self {
        Self::new(metadata, ring, Effort::Unbounded)
    }

    /// For a user who has the keys, and perhaps an age identity.
    pub(crate) fn with_keys(metadata: &'a ObjectMeta, keys: Keys<'a>) -> Self {
        let mut opener = Self::unbounded(metadata, keys.ring);
        opener.entries = opener.entries.with_age(keys.age);
        opener
    }

    fn new(metadata: &'a ObjectMeta, ring: &'a KeyRing, effort: Effort) -> Self {
        let annotations = metadata.annotations.as_ref();
        let certificates = ItemCertificates::of(annotations);
        Self {
            trials: Trials::new(ring, certificates.of_all(), effort),
            entries: Entries::new(annotations, ring).trying_all(effort == Effort::Unbounded),
            annotations,
            certificates,
            ring,
            scope: Scope::of(annotations),
            namespace: metadata.namespace.as_deref().unwrap_or_default(),
            name: metadata.name.as_deref().unwrap_or_default(),
        }
    }

    /// Opens the item of this name, or says why it does not open. The reason is for the object's own status.
    pub(crate) fn open(&self, name: &str, sealed: &str) -> Result<Plaintext, ItemErrorKind> {
        self.open_or_reason(Some(name), sealed).map(|(_, value)| value)
    }

    /// The session key of the item of this name, with which its value opens, or why it does not open.
    pub(crate) fn session_key(&self, name: &str, sealed: &str) -> Result<AesKey, ItemErrorKind> {
        self.open_or_reason(Some(name), sealed).map(|(key, _)| key)
    }

    /// Opens what has no name, and so no entry for recipients: the deprecated form.
    pub(crate) fn open_unnamed(&self, sealed: &str) -> Result<Plaintext, ItemErrorKind> {
        self.open_or_reason(None, sealed).map(|(_, value)| value)
    }

    fn open_or_reason(&self, name: Option<&str>, sealed: &str) -> Result<(AesKey, Plaintext), ItemErrorKind> {
        if self.trials.is_spent() {
            return Err(ItemErrorKind::NotTried);
        }
        let envelope = decode_base64(sealed).ok_or(ItemErrorKind::NotBase64)?;
        let open = |scope| self.open_under(scope, name, &envelope);
        let unopened = match open(self.scope) {
            Ok(value) => return Ok(value),
            Err(unopened) => unopened,
        };
        match unopened {
            Unopened::Truncated => return Err(ItemErrorKind::Truncated),
            Unopened::NotCommitted => return Err(ItemErrorKind::NotCommitted),
            Unopened::NoKey | Unopened::Outdated => {}
        }
        // This only finds the scope that it was sealed with. The value is dropped, and so wiped.
        let other =
            Scope::ALL.into_iter().filter(|scope| *scope != self.scope).find(|scope| open(*scope).is_ok());
        if let Some(sealed) = other {
            let change = ScopeChange::to(sealed, self.annotations);
            return Err(ItemErrorKind::NoKeyOpens(Diagnosis::OtherScope { sealed, change }));
        }
        if let Some(waiting) = self.waiting(name) {
            return Err(ItemErrorKind::NoKeyOpens(waiting));
        }
        Err(match unopened {
            Unopened::Outdated => ItemErrorKind::EntryOutdated { sealed_to: self.sealed_elsewhere(name) },
            _ => self.entries.why_not().unwrap_or_else(|| ItemErrorKind::NoKeyOpens(self.diagnosis(name))),
        })
    }

    /// Why no key opens the item of this name under any scope.
    fn diagnosis(&self, name: Option<&str>) -> Diagnosis {
        let groups = name.into_iter().flat_map(|name| self.entries.groups_with(name));
        let entries = groups.flat_map(|(_, group)| group.to()).filter_map(Entry::fingerprint);
        let noted = NotedKeys { of_items: self.certificates_of(name), of_entries: entries.collect() };
        Diagnosis::of_keys(&noted, (self.namespace, self.name), |key| self.ring.state_of(key))
    }

    /// That a key which waits to be unwrapped opens the item perhaps: one that its annotations name, or any where they name none.
    fn waiting(&self, name: Option<&str>) -> Option<Diagnosis> {
        // The least that is known of any.
        let wait = *self.ring.waiting().values().min()?;
        match self.diagnosis(name) {
            Diagnosis::Unclear(None) => Some(Diagnosis::PerhapsWaiting(wait)),
            diagnosis => diagnosis.waits().then_some(diagnosis),
        }
    }

    /// Whether an item that does not open opens perhaps once a key is unwrapped that waits. For clients that may send objects which are not theirs:
    /// nothing more is opened to find out, because whether an entry or another scope does is not theirs to know.
    pub(crate) fn may_open_later(&self, name: Option<&str>, sealed: &str) -> bool {
        let is_envelope = || decode_base64(sealed).is_some_and(|envelope| sealed_part(&envelope).is_ok());
        self.waiting(name).is_some() && is_envelope()
    }

    /// The key that an item which no key opens is perhaps sealed to. A hint at a key of this ring is wrong for such an item.
    fn sealed_elsewhere(&self, name: Option<&str>) -> Option<Fingerprint> {
        match self.certificates_of(name)[..] {
            [hint] if self.ring.iter().all(|key| key.fingerprint() != hint) => Some(hint),
            _ => None,
        }
    }

    /// The certificates one of which an item is sealed with, as the annotations say.
    fn certificates_of(&self, name: Option<&str>) -> Vec<Fingerprint> {
        name.map_or_else(
            || self.certificates.of_all().into_iter().collect(),
            |name| self.certificates.candidates(name),
        )
    }

    /// Whether there is no key to open with, and none that waits.
    pub(crate) fn has_no_key(&self) -> bool {
        self.ring.is_empty() && self.ring.waiting().is_empty() && !self.entries.has_age()
    }

    /// Whether the object has cost as many tries as it may.
    pub(crate) fn is_spent(&self) -> bool {
        self.trials.is_spent()
    }

    /// The keys that opened items so far.
    pub(crate) fn opened_by(&self) -> BTreeSet<Fingerprint> {
        self.trials.opened()
    }

    /// How often anything opened so far, under whichever scope.
    pub(crate) fn opens(&self) -> u32 {
        self.trials.opens()
    }

    /// The annotation for the recipients, if it is there and right.
    pub(crate) fn entries(&self) -> &Entries<'a> {
        &self.entries
    }

    /// Whether the annotation for the recipients has an entry for the item, which may be for another envelope.
    pub(crate) fn has_entry(&self, name: &str) -> bool {
        self.entries.has(name)
    }

    /// Whether a key opens entries for the item, and they are for another envelope.
    pub(crate) fn is_outdated(&self, name: &str, sealed: &str) -> bool {
        let Some(envelope) = decode_base64(sealed) else { return false };
        let matching = self.matching(self.scope, name, &self.label(), &envelope);
        matching.is_ok_and(|(_, is_outdated)| is_outdated)
    }

    /// The object's own scope.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// The label of the object under its own scope.
    pub(crate) fn label(&self) -> Vec<u8> {
        self.scope.label(self.namespace, self.name)
    }

    /// Opens an item, without a reason if it does not open: for clients that may send objects which are not theirs.
    pub(crate) fn open_or_not(&self, name: Option<&str>, sealed: &str) -> Option<Plaintext> {
        self.open_under(self.scope, name, &decode_base64(sealed)?).ok().map(|(_, value)| value)
    }

    /// The session key of an item's envelope, if a key of this ring unwraps it and it opens the value. The entry of the item is not used, but
    /// what it commits to holds.
    pub(crate) fn session_key_of_envelope(&self, name: &str, sealed: &str) -> Option<AesKey> {
        let envelope = decode_base64(sealed)?;
        let label = self.label();
        let matching = self.matching(self.scope, name, &label, &envelope).ok()?.0;
        let commits = |key: &AesKey| matching.iter().all(|entry| entry.commits_to(key));
        self.trials.own_session_key(&label, &envelope, commits)
    }

    fn open_under(
        &self,
        scope: Scope,
        name: Option<&str>,
        envelope: &[u8],
    ) -> Result<(AesKey, Plaintext), Unopened> {
        let label = scope.label(self.namespace, self.name);
        let (mut matching, is_outdated) = match name {
            Some(name) => self.matching(scope, name, &label, envelope)?,
            None => (Vec::new(), false),
        };
        let commits = |key: &AesKey| matching.iter().all(|entry| entry.commits_to(key));
        let opened = matching.iter().enumerate().find_map(|(index, entry)| {
            let key = entry.session_key().filter(|key| commits(key))?;
            open_with(key, envelope).ok().map(|value| (index, value))
        });
        if let Some((index, value)) = opened {
            return Ok((matching.swap_remove(index).into_session_key(), value));
        }
        match self.trials.open(&label, envelope, commits) {
            Ok(opened) => Ok(opened),
            Err(OpenError::Truncated(_)) => Err(Unopened::Truncated),
            Err(OpenError::DoesNotOpen) if !matching.is_empty() => Err(Unopened::NotCommitted),
            Err(OpenError::DoesNotOpen) if is_outdated => Err(Unopened::Outdated),
            Err(OpenError::DoesNotOpen) => Err(Unopened::NoKey),
        }
    }

    /// The entries of the item that match its envelope; and whether there is an entry that a key opens, and none matches.
    fn matching(
        &self,
        scope: Scope,
        name: &str,
        label: &[u8],
        envelope: &[u8],
    ) -> Result<(Vec<Matching<'_>>, bool), Unopened> {
        let sealed_part = sealed_part(envelope).map_err(|_| Unopened::Truncated)?;
        let mut matching = Vec::new();
        let mut has_opened = false;
        for (index, group) in self.entries.groups_with(name) {
            let found = self.entries.with_object_key(scope, label, index, |key: &ObjectKey, by| {
                has_opened = true;
                group.open(key, label, name, sealed_part).inspect(|_| self.trials.opened_with(by))
            });
            matching.extend(found.flatten());
        }
        let is_outdated = has_opened && matching.is_empty();
        Ok((matching, is_outdated))
    }
}

#[cfg(test)]
mod tests;
