//! `strays`: keys that the controller made while the keys of a backup were lost. Pure.

use super::needed::Use;
use crate::key_store::{State, StoredKey};
use envelope::{Certificate, Fingerprint};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// From the start of a key's validity to its Secret, where both are made at once. Large keys take longer, but are not followed by
/// another in the same second either.
const MAKING: SignedDuration = SignedDuration::from_secs(3);

/// The same on the slowest machine. What came later was restored, by whomever: it may be in another backup only, and open what is
/// only in Git. In between it cannot be told, so that it may be taken out, but not deleted.
const SLOW_MAKING: SignedDuration = SignedDuration::from_mins(1);

/// A key of the cluster, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub fingerprint: Fingerprint,
    /// When its Secret was made; for one that is still to be restored, now.
    pub created: Timestamp,
    pub not_before: Timestamp,
    pub active: bool,
}

/// What becomes of a stray key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Something was sealed with it.
    Needed,
    /// Nothing was, and everything in the cluster opens with another.
    Unneeded,
    /// The same; but it may be one that was made elsewhere and restored.
    PerhapsRestored,
    /// It opens nothing in the cluster; but there is something that no key opens.
    OpensNothing,
}

impl Seen {
    /// None of one that is no key.
    pub(super) fn of(key: &StoredKey) -> Option<Self> {
        Some(Self {
            fingerprint: key.fingerprint()?,
            created: key.created()?,
            not_before: key.certificate().map(Certificate::not_before)?,
            active: key.state() == State::Active,
        })
    }

    /// Whether its Secret is of a later date than the other's. The API server tells whole seconds; within one, a Secret that was
    /// restored came later, and of two that were made there, one may have followed the other.
    fn came_back_after(&self, other: &Self) -> bool {
        self.created > other.created || (self.created == other.created && self.took_longer_than(MAKING))
    }

    fn took_longer_than(&self, making: SignedDuration) -> bool {
        self.created.duration_since(self.not_before) > making
    }
}

/// The keys that were made while those of the backup were not there: each of those came back later than it was made, though all
/// of them are older keys. A key that followed them by renewal is none: its predecessor was there when it was made. Nor is one that was restored.
pub(super) fn strays(keys: &[Seen], backup: &BTreeSet<Fingerprint>) -> Vec<Seen> {
    let (back, others): (Vec<&Seen>, Vec<&Seen>) =
        keys.iter().partition(|key| backup.contains(&key.fingerprint));
    // Without any of them, whatever serves has to go on serving.
    if !back.iter().any(|key| key.active) {
        return Vec::new();
    }
    let is_stray = |key: &Seen| {
        key.active
            && !key.took_longer_than(SLOW_MAKING)
            && back.iter().all(|old| old.came_back_after(key) && old.not_before < key.not_before)
    };
    others.into_iter().filter(|key| is_stray(key)).cloned().collect()
}

/// Judges by what the cluster's SealedSecrets were seen to need.
pub(super) fn judge(stray: &Seen, uses: &[Use]) -> Verdict {
    if uses.iter().any(|it| it.keys.contains(&stray.fingerprint)) {
        Verdict::Needed
    } else if uses.iter().any(|it| it.unknown) {
        Verdict::OpensNothing
    } else if stray.took_longer_than(MAKING) {
        Verdict::PerhapsRestored
    } else {
        Verdict::Unneeded
    }
}

#[cfg(test)]
mod tests;
