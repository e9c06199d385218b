//! [`Ledger`]: what this process last left behind for each SealedSecret.
//!
//! Watches lag behind our own writes. Whoever decided by them alone would, after each unseal, see the new Secret
//! beside the old status and do everything twice. No I/O, and nothing in it is secret.

use api::{ObservedSealedSecret, Scope, SealedSecretStatus};
use kube::ResourceExt as _;
use kube::runtime::watcher::Event;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Notes by UID: a SealedSecret deleted and made again starts anew.
#[derive(Debug, Default)]
pub struct Ledger {
    notes: Mutex<HashMap<String, Note>>,
    /// UIDs seen since the watch began to list anew.
    listing: Mutex<HashSet<String>>,
}

/// Everything that a refusal depends on, as the watches show it.
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

#[derive(Debug, Default)]
struct Note {
    /// What was refused and reported, so that its own report does not lead to a second try.
    refused: Option<Inputs>,
    status: Option<SealedSecretStatus>,
    /// Hindrances in a row.
    hindered: u32,
}

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

    /// Whether exactly this was refused before.
    pub(crate) fn refused_before(&self, observed: &ObservedSealedSecret, inputs: &Inputs) -> bool {
        let uid = observed.uid().unwrap_or_default();
        lock(&self.notes).get(&uid).is_some_and(|note| note.refused.as_ref() == Some(inputs))
    }

    /// Notes what was refused; None once it is not any more.
    pub(crate) fn refused(&self, observed: &ObservedSealedSecret, inputs: Option<Inputs>) {
        let uid = observed.uid().unwrap_or_default();
        lock(&self.notes).entry(uid).or_default().refused = inputs;
    }

    /// Counts one more hindrance in a row, and returns how many came before it.
    pub(crate) fn count_hindrance(&self, observed: &ObservedSealedSecret) -> u32 {
        let mut notes = lock(&self.notes);
        let note = notes.entry(observed.uid().unwrap_or_default()).or_default();
        let before = note.hindered;
        note.hindered = before.saturating_add(1);
        before
    }

    /// The way is free again.
    pub(crate) fn forget_hindrances(&self, observed: &ObservedSealedSecret) {
        if let Some(note) = lock(&self.notes).get_mut(&observed.uid().unwrap_or_default()) {
            note.hindered = 0;
        }
    }

    /// Follows the watch, so that notes of deleted objects do not pile up.
    pub(crate) fn follow(&self, event: &Event<ObservedSealedSecret>) {
        match event {
            Event::Init => lock(&self.listing).clear(),
            Event::InitApply(observed) => {
                lock(&self.listing).insert(observed.uid().unwrap_or_default());
            }
            Event::InitDone => {
                let listed = std::mem::take(&mut *lock(&self.listing));
                lock(&self.notes).retain(|uid, _| listed.contains(uid));
            }
            Event::Delete(observed) => {
                lock(&self.notes).remove(&observed.uid().unwrap_or_default());
            }
            Event::Apply(_) => {}
        }
    }
}

/// A panic elsewhere leaves the notes whole: each change to them is one statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
