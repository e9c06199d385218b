//! `orphan_keys`: keys that the controller made while the keys of a backup were lost. Pure.
//!
//! Decided: a key counts as an orphan only if that is certain. Dates alone do not show it: a key that was made by
//! renewal before its predecessor was lost has the same dates, and what Git holds sealed with it is in no cluster yet.
//! In doubt the key stays, and a warning says so.

pub(crate) mod descent;

use crate::commands::keys::restore::orphan_key::descent::Descent;
use crate::commands::keys::usage::KeyUsage;
use crate::key_store::stored_key::{State, StoredKey};
use envelope::{Certificate, Fingerprint};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Time from the start of a key's validity to its Secret, if the controller made both at once. Large keys take longer,
/// but are not followed by another in the same second either.
const MAKING: SignedDuration = SignedDuration::from_secs(3);

/// Time from the start of a key's validity to its Secret on the slowest machine. A key whose Secret is later was
/// restored: it may be in another backup only, and open values that are only in Git.
const SLOW_MAKING: SignedDuration = SignedDuration::from_mins(1);

/// The dates and descent of a key in the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyFacts {
    pub fingerprint: Fingerprint,
    /// Creation of its Secret; for one that is still to be restored, now.
    pub created: Timestamp,
    pub not_before: Timestamp,
    pub active: bool,
    /// Whether it is in plain, so that it can be tried.
    pub is_plain: bool,
    pub descent: Descent,
}

/// Keys that seem to have been made while those of a backup were lost.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OrphanKeys {
    /// A key that certainly was.
    pub certain: Option<Fingerprint>,
    /// Keys that may have been.
    pub doubtful: Vec<Fingerprint>,
}

/// What the SealedSecrets say about an orphan key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A SealedSecret was sealed with it.
    Needed,
    /// No SealedSecret was, and every one in the cluster opens with another key.
    Unneeded,
    /// It opens nothing in the cluster; but there is a SealedSecret that no key opens.
    OpensNothing,
}

impl KeyFacts {
    /// The facts about a key; none if the Secret is no key of its own.
    pub(crate) fn of(key: &StoredKey, descent: Descent) -> Option<Self> {
        if key.state() == State::Escrow {
            return None;
        }
        Some(Self {
            fingerprint: key.fingerprint()?,
            created: key.created()?,
            not_before: key.certificate().map(Certificate::not_before)?,
            active: key.state() == State::Active,
            is_plain: key.wrapped().is_none(),
            descent,
        })
    }

    /// Whether its Secret is later than the other's. The API server has whole seconds; within one second, a restored
    /// Secret came later, and of two that were made there, one may have followed the other.
    fn came_back_after(&self, other: &Self) -> bool {
        self.created > other.created || (self.created == other.created && self.took_longer_than(MAKING))
    }

    fn took_longer_than(&self, making: SignedDuration) -> bool {
        self.created.duration_since(self.not_before) > making
    }

    /// Whether the controller made it here, as the successor of no other.
    fn is_first(&self) -> bool {
        self.descent == Descent::First && !self.took_longer_than(SLOW_MAKING)
    }
}

/// The keys that were made while those of the backup were lost: each of those was restored later than it was made,
/// though all of them are older keys. A key that descends from a key of the backup, or was made beside one that has
/// been there since, is no orphan: not all keys were lost. Only a single key that followed no other is certain, if it can be tried, and a key of
/// the backup is in plain: whether the controller opens wrapped ones is not known here.
pub(crate) fn orphan_keys(keys: &[KeyFacts], backup: &BTreeSet<Fingerprint>) -> OrphanKeys {
    let (back, others): (Vec<&KeyFacts>, Vec<&KeyFacts>) =
        keys.iter().partition(|key| backup.contains(&key.fingerprint));
    // If no restored key is active, the key that is served must stay.
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
    let are_plain = |only: &KeyFacts| only.is_plain && back.iter().any(|key| key.active && key.is_plain);
    let was_alone = |key: &&KeyFacts| sound.iter().all(|other| other.created > key.created);
    let suspects: Vec<&KeyFacts> = suspects.into_iter().filter(was_alone).collect();
    let all: BTreeSet<Fingerprint> = suspects.iter().map(|key| key.fingerprint).collect();
    match suspects.first() {
        Some(only) if all.len() == 1 && sound.is_empty() && only.is_first() && are_plain(only) => {
            OrphanKeys { certain: Some(only.fingerprint), doubtful: Vec::new() }
        }
        _ => OrphanKeys { certain: None, doubtful: all.into_iter().collect() },
    }
}

/// The keys that descend from those of the backup, by any number of renewals.
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

/// The verdict about a key, by what the cluster's SealedSecrets need.
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
