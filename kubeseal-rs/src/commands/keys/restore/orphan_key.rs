//! `orphan_keys`: keys that the controller made while the keys of a backup were lost. Pure.
//!
//! Decided: a key is orphan where it is certain. Dates alone do not tell: a key that was made by renewal before its predecessor was
//! lost looks the same, and what Git holds sealed with it is in no cluster yet. In doubt it stays, and a warning says so.

pub(crate) mod descent;

use crate::commands::keys::restore::orphan_key::descent::Descent;
use crate::commands::keys::usage::KeyUsage;
use crate::key_store::stored_key::{State, StoredKey};
use envelope::{Certificate, Fingerprint};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// From the start of a key's validity to its Secret, where both are made at once. Large keys take longer, but are not followed by
/// another in the same second either.
const MAKING: SignedDuration = SignedDuration::from_secs(3);

/// The same on the slowest machine. What came later was restored, by whomever: it may be in another backup only, and open what is
/// only in Git.
const SLOW_MAKING: SignedDuration = SignedDuration::from_mins(1);

/// A key of the cluster, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyFacts {
    pub fingerprint: Fingerprint,
    /// When its Secret was made; for one that is still to be restored, now.
    pub created: Timestamp,
    pub not_before: Timestamp,
    pub active: bool,
    pub descent: Descent,
}

/// Keys that look as if they had been made while those of a backup were lost.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OrphanKeys {
    /// One that was.
    pub certain: Option<Fingerprint>,
    /// Those that may have been.
    pub doubtful: Vec<Fingerprint>,
}

/// What becomes of a orphan key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Something was sealed with it.
    Needed,
    /// Nothing was, and everything in the cluster opens with another.
    Unneeded,
    /// It opens nothing in the cluster; but there is something that no key opens.
    OpensNothing,
}

impl KeyFacts {
    /// None of one that is no key.
    pub(crate) fn of(key: &StoredKey, descent: Descent) -> Option<Self> {
        Some(Self {
            fingerprint: key.fingerprint()?,
            created: key.created()?,
            not_before: key.certificate().map(Certificate::not_before)?,
            active: key.state() == State::Active,
            descent,
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

    /// Whether it was made here, and followed no other.
    fn is_first(&self) -> bool {
        self.descent == Descent::First && !self.took_longer_than(SLOW_MAKING)
    }
}

/// The keys that were made while those of the backup were not there: each of those came back later than it was made, though all
/// of them are older keys. One that descends from a key of the backup, or was made beside one that has been there since, is none:
/// not all keys were lost. It is certain of one alone, which followed no other.
pub(crate) fn orphan_keys(keys: &[KeyFacts], backup: &BTreeSet<Fingerprint>) -> OrphanKeys {
    let (back, others): (Vec<&KeyFacts>, Vec<&KeyFacts>) =
        keys.iter().partition(|key| backup.contains(&key.fingerprint));
    // Without any of them, whatever serves has to go on serving.
    if !back.iter().any(|key| key.active) {
        return OrphanKeys::default();
    }
    let others: Vec<&KeyFacts> = others.into_iter().filter(|key| key.active).collect();
    let heirs = heirs(keys, backup);
    let is_suspect = |key: &&KeyFacts| {
        !heirs.contains(&key.fingerprint)
            && back.iter().all(|old| old.came_back_after(key) && old.not_before < key.not_before)
    };
    let (suspects, sound): (Vec<&KeyFacts>, Vec<&KeyFacts>) = others.into_iter().partition(is_suspect);
    let was_alone = |key: &&KeyFacts| sound.iter().all(|other| other.created > key.created);
    let suspects: Vec<&KeyFacts> = suspects.into_iter().filter(was_alone).collect();
    let all: BTreeSet<Fingerprint> = suspects.iter().map(|key| key.fingerprint).collect();
    match suspects.first() {
        Some(only) if all.len() == 1 && sound.is_empty() && only.is_first() => {
            OrphanKeys { certain: Some(only.fingerprint), doubtful: Vec::new() }
        }
        _ => OrphanKeys { certain: None, doubtful: all.into_iter().collect() },
    }
}

/// The keys that descend from those of the backup, by however many renewals.
fn heirs(keys: &[KeyFacts], backup: &BTreeSet<Fingerprint>) -> BTreeSet<Fingerprint> {
    let mut line = backup.clone();
    loop {
        let follows = |key: &&KeyFacts| matches!(key.descent, Descent::Of(before) if line.contains(&before));
        let more: Vec<Fingerprint> = keys.iter().filter(follows).map(|key| key.fingerprint).collect();
        let before = line.len();
        line.extend(more);
        if line.len() == before {
            return line;
        }
    }
}

/// Judges by what the cluster's SealedSecrets were seen to need.
pub(crate) fn judge(orphan: Fingerprint, uses: &[KeyUsage]) -> Verdict {
    if uses.iter().any(|it| it.keys.contains(&orphan)) {
        Verdict::Needed
    } else if uses.iter().any(|it| it.unknown) {
        Verdict::OpensNothing
    } else {
        Verdict::Unneeded
    }
}

#[cfg(test)]
mod tests;
