//! [`OldBackup`]: an earlier backup in an object, and [`kept`]: those that a new one does not replace.
//!
//! Decided: the earlier ones stay beside the new one, instead of the new one being refused, because a job that fails each night backs up no
//! new key, and instead of being replaced, because one of them may be the only copy of a key.

use envelope::Fingerprint;
use std::collections::BTreeSet;

/// An earlier backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OldBackup {
    pub item: String,
    /// None if it is not known.
    pub keys: Option<BTreeSet<Fingerprint>>,
    /// In bytes.
    pub size: usize,
}

impl OldBackup {
    /// Whether each of its keys is one of `present`, or in one of the others.
    fn is_covered<'a>(
        &self,
        present: &BTreeSet<Fingerprint>,
        others: impl Iterator<Item = &'a Self>,
    ) -> bool {
        let elsewhere: BTreeSet<&Fingerprint> =
            others.filter_map(|other| other.keys.as_ref()).flatten().chain(present).collect();
        self.keys.as_ref().is_some_and(|keys| keys.iter().all(|key| elsewhere.contains(key)))
    }
}

/// Those of `old`, newest first, that have keys which the new backup, of the keys `present`, does not have. While they do not fit into `room`,
/// one whose keys are all in the others is left out, even if these are older.
///
/// Decided: an older one does not stand in for a newer one as long as there is room, because it may be encrypted to earlier recipients.
pub(crate) fn kept(old: Vec<OldBackup>, present: &BTreeSet<Fingerprint>, room: usize) -> Vec<OldBackup> {
    let mut kept: Vec<OldBackup> = Vec::new();
    for one in old {
        if !one.is_covered(present, kept.iter()) {
            kept.push(one);
        }
    }
    while kept.iter().map(|one| one.size).sum::<usize>() > room {
        let others = |at: usize| kept.iter().enumerate().filter(move |(index, _)| *index != at);
        let spare = kept
            .iter()
            .enumerate()
            .position(|(at, one)| one.is_covered(present, others(at).map(|(_, other)| other)));
        let Some(spare) = spare else { break };
        kept.remove(spare);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(digits: &str) -> BTreeSet<Fingerprint> {
        digits.chars().map(|digit| digit.to_string().repeat(64).parse().unwrap()).collect()
    }

    /// What stays of backups of these keys, newest first, each of size 10, beside one of `present`.
    fn stay(old: &[&str], present: &str, room: usize) -> Vec<usize> {
        let all: Vec<OldBackup> = (0..old.len())
            .map(|at| OldBackup {
                item: at.to_string(),
                keys: Some(keys(old[at])).filter(|keys| !keys.is_empty()),
                size: 10,
            })
            .collect();
        kept(all, &keys(present), room).iter().map(|one| one.item.parse().unwrap()).collect()
    }

    #[test]
    fn what_the_cluster_has_is_not_kept() {
        assert_eq!(stay(&["1", "12", "2"], "123", 100), [0_usize; 0]);
        assert_eq!(stay(&["12"], "23", 100), [0]);
        // Its keys are not known.
        assert_eq!(stay(&["", "1"], "1", 0), [0]);
    }

    #[test]
    fn an_older_one_goes_once_newer_ones_have_its_keys() {
        assert_eq!(stay(&["12", "1", "3"], "4", 100), [0, 2]);
        assert_eq!(stay(&["1", "2", "12"], "4", 100), [0, 1]);
    }

    /// Keys are deleted one after the other.
    #[test]
    fn a_newer_one_goes_where_there_is_no_room_for_it() {
        let old = ["3456", "2345", "1234"];
        assert_eq!(stay(&old, "4567", 30), [0, 1, 2]);
        assert_eq!(stay(&old, "4567", 20), [1, 2]);
        assert_eq!(stay(&old, "4567", 10), [2]);
        // Each of them has the only copy of a key.
        assert_eq!(stay(&["15", "25"], "4", 0), [0, 1]);
        assert_eq!(stay(&["1", "1"], "4", 0), [0]);
    }
}
