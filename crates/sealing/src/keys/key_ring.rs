//! [`KeyRing`]: the sealing keys that open and seal, newest first. The order in which they are tried is in `item_opener`.

use crate::item_error::noted_key::{KeyWait, NotedKey};
use crate::keys::sealing_key::SealingKey;
use envelope::Fingerprint;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// An immutable set of sealing keys. A change makes a new ring.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    newest_first: Vec<Arc<SealingKey>>,
    revoked: BTreeSet<Fingerprint>,
    /// Keys that their labels take out of use. They only explain why something does not open. Without their Secrets: the words reach users who
    /// may read none of them.
    retired: BTreeSet<Fingerprint>,
    /// Whether some keys came without their certificates, so that their fingerprints are not known.
    has_nameless: bool,
    /// The keys that are wrapped, and not unwrapped yet. None of them is among the others.
    waiting: BTreeMap<Fingerprint, KeyWait>,
    /// The wrapped keys that nothing opens. Like the retired ones, they only explain why something does not open.
    closed: BTreeSet<Fingerprint>,
}

impl KeyRing {
    /// Orders keys by their [`SealingKey::since`], newest first. A key that stands in two Secrets counts once.
    pub fn new(keys: impl IntoIterator<Item = Arc<SealingKey>>) -> Self {
        let mut newest_first: Vec<_> = keys.into_iter().collect();
        newest_first.sort_by_key(|key| (Reverse(key.since()), key.fingerprint(), key.name().to_owned()));
        let mut seen = HashSet::new();
        newest_first.retain(|key| seen.insert(key.fingerprint()));
        Self { newest_first, ..Self::default() }
    }

    /// This ring with a list of leaked keys. A leaked key opens nothing, even if a Secret of the ring still holds it.
    #[must_use]
    pub fn revoking(mut self, revoked: BTreeSet<Fingerprint>) -> Self {
        self.newest_first.retain(|key| !revoked.contains(&key.fingerprint()));
        Self { revoked, ..self }
    }

    /// This ring with a list of retired keys.
    #[must_use]
    pub fn retiring(self, retired: BTreeSet<Fingerprint>) -> Self {
        Self { retired, ..self }
    }

    /// This ring, in which some keys stand under other fingerprints than their own.
    #[must_use]
    pub fn with_nameless(self, has_nameless: bool) -> Self {
        Self { has_nameless, ..self }
    }

    /// This ring, while further keys wait to be unwrapped: what is sealed with one of them opens then. A key that also stands in another Secret,
    /// or leaked, does not wait.
    #[must_use]
    pub fn with_waiting(mut self, waiting: impl IntoIterator<Item = (Fingerprint, KeyWait)>) -> Self {
        let mut all = BTreeMap::new();
        for (key, wait) in waiting {
            let known = all.entry(key).or_insert(wait);
            *known = wait.min(*known);
        }
        all.retain(|key, _| matches!(self.state_of(*key), NotedKey::Absent | NotedKey::Retired(_)));
        self.waiting = all;
        self
    }

    /// This ring with a list of wrapped keys that nothing opens as they are.
    #[must_use]
    pub fn with_closed(self, closed: BTreeSet<Fingerprint>) -> Self {
        Self { closed, ..self }
    }

    /// The keys that are wrapped, and not unwrapped yet.
    pub fn waiting(&self) -> &BTreeMap<Fingerprint, KeyWait> {
        &self.waiting
    }

    /// What is known of the key that a SealedSecret names.
    pub fn state_of(&self, key: Fingerprint) -> NotedKey {
        if self.is_revoked(key) {
            NotedKey::Revoked
        } else if self.iter().any(|active| active.fingerprint() == key) {
            NotedKey::Active
        } else if let Some(wait) = self.waiting.get(&key) {
            NotedKey::Waiting(*wait)
        } else if self.closed.contains(&key) {
            NotedKey::Closed
        } else if self.retired.contains(&key) {
            NotedKey::Retired(None)
        } else if self.has_nameless {
            NotedKey::Unknown
        } else {
            NotedKey::Absent
        }
    }

    /// Whether the key with this fingerprint is known to have leaked.
    pub fn is_revoked(&self, fingerprint: Fingerprint) -> bool {
        self.revoked.contains(&fingerprint)
    }

    /// Whether both rings have the same keys in the same order, and the same leaked, closed and retired ones, so that everything opens alike, or fails
    /// for the same reason.
    pub fn opens_as(&self, other: &Self) -> bool {
        let fingerprints = |ring: &Self| ring.iter().map(SealingKey::fingerprint).collect::<Vec<_>>();
        self.revoked == other.revoked
            && self.waiting == other.waiting
            && self.closed == other.closed
            && self.retired == other.retired
            && fingerprints(self) == fingerprints(other)
    }

    /// This ring with one more key.
    #[must_use]
    pub fn with(&self, key: Arc<SealingKey>) -> Self {
        let keys = Self::new(self.newest_first.iter().cloned().chain([key])).revoking(self.revoked.clone());
        Self { newest_first: keys.newest_first, ..self.clone() }
    }

    /// The newest key.
    pub fn newest(&self) -> Option<&SealingKey> {
        self.newest_first.first().map(AsRef::as_ref)
    }

    /// Every key, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &SealingKey> + Clone {
        self.newest_first.iter().map(AsRef::as_ref)
    }

    /// Every key, newest first, shared with the ring.
    pub fn iter_shared(&self) -> impl Iterator<Item = Arc<SealingKey>> {
        self.newest_first.iter().cloned()
    }

    /// The key at that index, counted from the newest.
    pub(crate) fn at(&self, index: usize) -> &SealingKey {
        &self.newest_first[index]
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.newest_first.len()
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.newest_first.is_empty()
    }
}
