//! [`Ledger`]: what this process last left behind for each SealedSecret that the watch shows. `statement` is about the status,
//! `correction` about the Secret, `pause` about when to look again.
//!
//! Watches lag behind our own writes. A decision by them alone would, after each unseal, see the new Secret
//! beside the old status and do everything twice. No I/O, and nothing in it is secret.

use crate::unseal::state::conflict_backoff::Quarrel;
use crate::unseal::state::pause::Inputs;
use api::resource_version::is_later;
use api::{SealedSecretStatus, WatchedSealedSecret};
use kube::ResourceExt as _;
use kube::runtime::watcher::Event;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Notes about SealedSecrets.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Notes>);

#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// By UID: a SealedSecret deleted and made again starts anew. Of each that the watch shows and of no other, so that nothing
    /// is noted of one that is gone; None while there is nothing to note.
    pub(crate) by_uid: HashMap<String, Option<Box<Note>>>,
    /// UIDs seen since the watch began to list anew.
    pub(crate) listing: HashSet<String>,
    /// How often it has begun to.
    pub(crate) lists: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Note {
    pub(crate) status: Option<SealedSecretStatus>,
    /// The SealedSecret's version that has this status, where we were told.
    pub(crate) version: Option<String>,
    /// How many lists had been begun when that was noted.
    pub(crate) lists: u64,
    /// The status is another client's, written over ours.
    pub(crate) overruled: bool,
    /// The status is what was to be written: the API server does not take it.
    pub(crate) owed: bool,
    /// The hash of the failure that the log last told, for one of which the status does not tell all.
    pub(crate) logged: Option<u64>,
    /// Since when every try to write the status was overtaken.
    pub(crate) overtaken: Option<Instant>,
    /// What was last refused or hindered and reported, and until when it stays so; None for until it changes.
    pub(crate) paused: Option<(Inputs, Option<Instant>)>,
    /// Since when every try was hindered.
    pub(crate) hindered: Option<Instant>,
    /// Since when an earlier SealedSecret's Secret has been in the way.
    pub(crate) blocked: Option<Instant>,
    /// The generation for which the Secret was last found or made right.
    pub(crate) unsealed: Option<i64>,
    /// About the Secret.
    pub(crate) corrections: Quarrel,
    /// About the status.
    pub(crate) restatements: Quarrel,
}

impl Ledger {
    /// Follows the watch. The UIDs of those that are gone.
    pub(crate) fn follow(&self, event: &Event<WatchedSealedSecret>) -> Vec<String> {
        let notes = &mut *self.notes();
        match event {
            Event::Init => {
                notes.listing.clear();
                notes.lists += 1;
                Vec::new()
            }
            Event::InitApply(observed) => {
                let uid = observed.uid().unwrap_or_default();
                let note = notes.by_uid.entry(uid.clone()).or_default();
                let version = observed.resource_version();
                // Older in a list than it was before: etcd was restored, and what we did since the backup has not been done.
                note.take_if(|note| {
                    note.lists < notes.lists && is_later(note.version.as_deref(), version.as_deref())
                });
                notes.listing.insert(uid);
                Vec::new()
            }
            Event::InitDone => {
                let listed = std::mem::take(&mut notes.listing);
                notes.by_uid.extract_if(|uid, _| !listed.contains(uid)).map(|(uid, _)| uid).collect()
            }
            Event::Delete(observed) => {
                let uid = observed.uid().unwrap_or_default();
                notes.by_uid.remove(&uid);
                vec![uid]
            }
            Event::Apply(observed) => {
                notes.by_uid.entry(observed.uid().unwrap_or_default()).or_default();
                Vec::new()
            }
        }
    }

    /// Does something unless the object is gone; and it does not go meanwhile.
    pub(crate) fn while_known(&self, observed: &WatchedSealedSecret, act: impl FnOnce()) {
        let notes = self.notes();
        if notes.by_uid.contains_key(&observed.uid().unwrap_or_default()) {
            act();
        }
        drop(notes);
    }

    /// What is noted, if anything is.
    pub(crate) fn look<T>(&self, observed: &WatchedSealedSecret, look: impl FnOnce(&Note) -> T) -> Option<T> {
        let notes = self.notes();
        notes.by_uid.get(&observed.uid().unwrap_or_default())?.as_deref().map(look)
    }

    /// Changes what is noted, if anything is: to note that there is nothing takes no note.
    pub(crate) fn amend<T>(
        &self,
        observed: &WatchedSealedSecret,
        change: impl FnOnce(&mut Note) -> T,
    ) -> Option<T> {
        let mut notes = self.notes();
        notes.by_uid.get_mut(&observed.uid().unwrap_or_default())?.as_deref_mut().map(change)
    }

    /// Changes what is noted, unless the object is gone.
    pub(crate) fn note<T>(
        &self,
        observed: &WatchedSealedSecret,
        change: impl FnOnce(&mut Note) -> T,
    ) -> Option<T> {
        let mut notes = self.notes();
        let note = notes.by_uid.get_mut(&observed.uid().unwrap_or_default())?;
        Some(change(note.get_or_insert_default()))
    }

    /// A panic elsewhere leaves the notes whole: each change to them is one statement.
    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
