//! [`KeyRing`]: the sealing keys that count, newest first, and the order in which they are tried.

use crate::sealing_key::SealingKey;
use envelope::{Fingerprint, OpenError, Plaintext, open};
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

/// An immutable set of sealing keys. A change makes a new ring.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    newest_first: Vec<Arc<SealingKey>>,
}

impl KeyRing {
    /// Orders keys by their [`SealingKey::since`], newest first. A key that stands in two Secrets counts once.
    pub fn new(keys: impl IntoIterator<Item = Arc<SealingKey>>) -> Self {
        let mut newest_first: Vec<_> = keys.into_iter().collect();
        newest_first.sort_by_key(|key| (Reverse(key.since()), key.fingerprint(), key.name().to_owned()));
        let mut seen = HashSet::new();
        newest_first.retain(|key| seen.insert(key.fingerprint()));
        Self { newest_first }
    }

    /// The same keys, and one more.
    #[must_use]
    pub fn with(&self, key: Arc<SealingKey>) -> Self {
        Self::new(self.newest_first.iter().cloned().chain([key]))
    }

    /// The key whose certificate is served.
    pub fn newest(&self) -> Option<&SealingKey> {
        self.newest_first.first().map(AsRef::as_ref)
    }

    /// Every key, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &SealingKey> {
        self.newest_first.iter().map(AsRef::as_ref)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.newest_first.len()
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.newest_first.is_empty()
    }

    /// Starts on the items of one object: what opened one item is tried first on the next.
    pub(crate) fn opener(&self, hint: Option<Fingerprint>) -> Opener<'_> {
        let hinted = hint.and_then(|hint| self.iter().position(|key| key.fingerprint() == hint));
        Opener { ring: self, likely: Cell::new(hinted), failed: Cell::new(0) }
    }
}

/// Opens the items of one object. Its cost does not grow with the number of keys while they share a key.
pub(crate) struct Opener<'a> {
    ring: &'a KeyRing,
    likely: Cell<Option<usize>>,
    failed: Cell<u32>,
}

impl Opener<'_> {
    /// How many tries with a key have failed so far: each costs as much as one that succeeds.
    pub(crate) fn failed(&self) -> u32 {
        self.failed.get()
    }

    /// Tries the likely key, then every other from the newest to the oldest.
    pub(crate) fn open(&self, label: &[u8], envelope: &[u8]) -> Result<Plaintext, OpenError> {
        let likely = self.likely.get();
        let others = (0..self.ring.len()).filter(|index| Some(*index) != likely);
        for index in likely.into_iter().chain(others) {
            let key = &self.ring.newest_first[index];
            match open(key.pair().private(), label, envelope) {
                Ok(value) => {
                    self.likely.set(Some(index));
                    return Ok(value);
                }
                Err(OpenError::DoesNotOpen) => self.failed.set(self.failed.get().saturating_add(1)),
                Err(malformed @ OpenError::Truncated(_)) => return Err(malformed),
            }
        }
        Err(OpenError::DoesNotOpen)
    }
}
