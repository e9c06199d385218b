//! [`Ledger`]: what this process last left behind for each SealedSecret.
//!
//! Watches lag behind our own writes. Whoever decided by them alone would, after each unseal, see the new Secret
//! beside the old status and do everything twice. No I/O, and nothing in it is secret.

use super::backoff;
use api::{ObservedSealedSecret, Scope, SealedSecretStatus};
use kube::ResourceExt as _;
use kube::runtime::watcher::Event;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Notes by UID: a SealedSecret deleted and made again starts anew.
#[derive(Debug, Default)]
pub struct Ledger {
    notes: Mutex<HashMap<String, Note>>,
    /// UIDs seen since the watch began to list anew.
    listing: Mutex<HashSet<String>>,
}

/// Everything that an outcome depends on, as the watches show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inputs {
    /// Of the SealedSecret; its spec.
    pub generation: Option<i64>,
    /// From its annotations.
    pub scope: Scope,
    /// Of the ring; its keys.
    pub ring_version: u64,
    /// Of the Secret in its place.
    pub target_version: Option<String>,
}

/// How long an object can be left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    /// Until something that matters changes.
    UntilChange,
    /// For so long, at the most.
    Until(Duration),
}

#[derive(Debug, Default)]
struct Note {
    status: Option<SealedSecretStatus>,
    /// What was last refused or hindered and reported, and until when it stays so; None for until it changes.
    paused: Option<(Inputs, Option<Instant>)>,
    /// Hindrances in a row.
    hindered: u32,
    corrections: Option<Corrections>,
}

/// Corrections of drift in quick succession.
#[derive(Debug)]
struct Corrections {
    /// Of the SealedSecret; another one is another story.
    generation: Option<i64>,
    count: u32,
    last: Instant,
}

/// Corrections in quick succession that are made without a pause: one edit, and an undo, and one for good measure.
const FREE_CORRECTIONS: u32 = 3;

/// Peace for so long, and the quarrel is forgotten.
const PEACE: Duration = Duration::from_mins(15);

impl Ledger {
    /// The status as last written by this process, else as the object shows it.
    pub(crate) fn status_of(&self, observed: &ObservedSealedSecret) -> Option<SealedSecretStatus> {
        let uid = observed.uid().unwrap_or_default();
        lock(&self.notes).get(&uid).and_then(|note| note.status.clone()).or_else(|| observed.status.clone())
    }

    /// Notes what was written.
    pub(crate) fn wrote(&self, observed: &ObservedSealedSecret, status: SealedSecretStatus) {
        let uid = observed.uid().unwrap_or_default();
        lock(&self.notes).entry(uid).or_default().status = Some(status);
    }

    /// How long to leave an object alone, if these inputs have led nowhere before.
    pub(crate) fn nothing_new(&self, observed: &ObservedSealedSecret, inputs: &Inputs) -> Option<Pause> {
        let notes = lock(&self.notes);
        let (before, until) = notes.get(&observed.uid().unwrap_or_default())?.paused.as_ref()?;
        if before != inputs {
            return None;
        }
        match until {
            None => Some(Pause::UntilChange),
            Some(until) => {
                let left = until.checked_duration_since(Instant::now())?;
                Some(Pause::Until(left))
            }
        }
    }

    /// Notes that these inputs lead nowhere, until then or until they change.
    pub(crate) fn pause(&self, observed: &ObservedSealedSecret, inputs: Inputs, until: Option<Instant>) {
        let uid = observed.uid().unwrap_or_default();
        lock(&self.notes).entry(uid).or_default().paused = Some((inputs, until));
    }

    /// All is well: nothing to wait for, and no hindrances in a row.
    pub(crate) fn go_on(&self, observed: &ObservedSealedSecret) {
        if let Some(note) = lock(&self.notes).get_mut(&observed.uid().unwrap_or_default()) {
            note.paused = None;
            note.hindered = 0;
        }
    }

    /// Whether this very object was put right before, not long ago: then what differs now is somebody else's doing.
    pub(crate) fn is_contested(&self, observed: &ObservedSealedSecret, now: Instant) -> bool {
        let notes = lock(&self.notes);
        let note = notes.get(&observed.uid().unwrap_or_default());
        note.and_then(|note| note.corrections.as_ref()).is_some_and(|corrections| {
            corrections.generation == observed.metadata.generation
                && now.saturating_duration_since(corrections.last) < PEACE
        })
    }

    /// Whether drift may be corrected now, and counts it if so. Somebody who undoes it each time is met ever more rarely.
    pub(crate) fn may_correct(&self, observed: &ObservedSealedSecret, now: Instant) -> bool {
        let generation = observed.metadata.generation;
        let contested = self.is_contested(observed, now);
        let mut notes = lock(&self.notes);
        let note = notes.entry(observed.uid().unwrap_or_default()).or_default();
        let Some(before) = note.corrections.as_mut().filter(|_| contested) else {
            note.corrections = Some(Corrections { generation, count: 1, last: now });
            return true;
        };
        let pause = match before.count.checked_sub(FREE_CORRECTIONS) {
            None | Some(0) => Duration::ZERO,
            Some(quarrel) => backoff::delay(quarrel),
        };
        if now.saturating_duration_since(before.last) < pause {
            return false;
        }
        *before = Corrections { generation, count: before.count.saturating_add(1), last: now };
        true
    }

    /// Counts one more hindrance in a row, and returns how many came before it.
    pub(crate) fn count_hindrance(&self, observed: &ObservedSealedSecret) -> u32 {
        let mut notes = lock(&self.notes);
        let note = notes.entry(observed.uid().unwrap_or_default()).or_default();
        let before = note.hindered;
        note.hindered = before.saturating_add(1);
        before
    }

    /// Follows the watch, so that notes of deleted objects do not pile up. The UIDs of those that are gone.
    pub(crate) fn follow(&self, event: &Event<ObservedSealedSecret>) -> Vec<String> {
        match event {
            Event::Init => {
                lock(&self.listing).clear();
                Vec::new()
            }
            Event::InitApply(observed) => {
                lock(&self.listing).insert(observed.uid().unwrap_or_default());
                Vec::new()
            }
            Event::InitDone => {
                let listed = std::mem::take(&mut *lock(&self.listing));
                let gone = |uid: &String| !listed.contains(uid);
                lock(&self.notes).extract_if(|uid, _| gone(uid)).map(|(uid, _)| uid).collect()
            }
            Event::Delete(observed) => {
                let uid = observed.uid().unwrap_or_default();
                lock(&self.notes).remove(&uid);
                vec![uid]
            }
            Event::Apply(_) => Vec::new(),
        }
    }
}

/// A panic elsewhere leaves the notes whole: each change to them is one statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn observed() -> ObservedSealedSecret {
        serde_json::from_value(json!({ "metadata": { "name": "a", "uid": "u" } })).unwrap()
    }

    #[test]
    fn a_quarrel_is_met_ever_more_rarely_and_forgotten_in_peace() {
        let (ledger, observed, start) = (Ledger::default(), observed(), Instant::now());
        // Somebody undoes every correction at once, for ten minutes.
        let tries = (0..6_000).map(|tenth| start + Duration::from_millis(100) * tenth);
        let corrections = tries.filter(|now| ledger.may_correct(&observed, *now)).count();
        assert!((8..20).contains(&corrections), "{corrections}");
        let later = start + Duration::from_hours(2);
        assert!((0..3).all(|_| ledger.may_correct(&observed, later)), "after peace, at once again");
    }

    #[test]
    fn the_same_inputs_are_left_alone_until_their_time() {
        let (ledger, observed) = (Ledger::default(), observed());
        let inputs =
            Inputs { generation: Some(1), scope: Scope::Strict, ring_version: 1, target_version: None };
        assert_eq!(ledger.nothing_new(&observed, &inputs), None);
        ledger.pause(&observed, inputs.clone(), None);
        assert_eq!(ledger.nothing_new(&observed, &inputs), Some(Pause::UntilChange));
        let newer = Inputs { ring_version: 2, ..inputs.clone() };
        assert_eq!(ledger.nothing_new(&observed, &newer), None);
        ledger.pause(&observed, inputs.clone(), Some(Instant::now() + Duration::from_mins(1)));
        assert!(matches!(ledger.nothing_new(&observed, &inputs), Some(Pause::Until(_))));
        ledger.pause(&observed, inputs.clone(), Some(Instant::now()));
        assert_eq!(ledger.nothing_new(&observed, &inputs), None, "its time has come");
        ledger.go_on(&observed);
        assert_eq!(ledger.nothing_new(&observed, &inputs), None);
    }
}
