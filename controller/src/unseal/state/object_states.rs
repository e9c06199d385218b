//! [`ObjectStates`]: what this process remembers of each SealedSecret that the watch shows.
//!
//! Watches lag behind this process' own writes. By the watches alone, a reconciliation right after an unseal would see the new Secret
//! beside the old status, and do everything twice.

use crate::unseal::cause::identity::Identity;
use crate::unseal::queue::action::Action;
use crate::unseal::state::gist::{Gist, hash};
use crate::unseal::state::memory::{Inputs, Memory};
use crate::unseal::state::object_state::ObjectState;
use api::resource_version::is_later;
use api::{KeptStatus, SealedSecretStatus, WatchedSealedSecret};
use kube::ResourceExt as _;
use kube::runtime::watcher::Event;
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// How long the controller waits for Kubernetes' garbage collector. It takes a second, and up to half a minute for a
/// type that is new to it.
const COLLECTOR_TIMEOUT: Duration = Duration::from_secs(45);

/// The states of all SealedSecrets that one watch shows.
#[derive(Debug, Default)]
pub(crate) struct ObjectStates(Mutex<States>);

#[derive(Debug, Default)]
struct States {
    /// By UID: a SealedSecret that is deleted and created again has a new state. An object is in here while the watch
    /// shows it; None while nothing is remembered of it.
    by_uid: HashMap<String, Option<Box<ObjectState>>>,
    /// UIDs in the list that the watch is reading.
    listed: HashSet<String>,
    /// How many lists the watch has begun.
    lists: u64,
}

impl ObjectStates {
    /// Follows the watch. Returns the UIDs of deleted objects.
    pub(crate) fn follow(&self, event: &Event<WatchedSealedSecret>) -> Vec<String> {
        let states = &mut *self.0.lock();
        match event {
            Event::Init => {
                states.listed.clear();
                states.lists += 1;
                Vec::new()
            }
            Event::InitApply(sealed) => {
                let uid = sealed.uid().unwrap_or_default();
                let state = states.by_uid.entry(uid.clone()).or_default();
                let version = sealed.resource_version();
                // An older version than before: etcd was restored from a backup, without the changes since.
                state.take_if(|state| {
                    state.lists < states.lists && is_later(state.version.as_deref(), version.as_deref())
                });
                states.listed.insert(uid);
                Vec::new()
            }
            Event::InitDone => {
                let listed = std::mem::take(&mut states.listed);
                states.by_uid.extract_if(|uid, _| !listed.contains(uid)).map(|(uid, _)| uid).collect()
            }
            Event::Delete(sealed) => {
                let uid = sealed.uid().unwrap_or_default();
                states.by_uid.remove(&uid);
                vec![uid]
            }
            Event::Apply(sealed) => {
                states.by_uid.entry(sealed.uid().unwrap_or_default()).or_default();
                Vec::new()
            }
        }
    }

    /// Forgets all objects. From here on, each counts as gone.
    pub(crate) fn forget_all(&self) {
        *self.0.lock() = States::default();
    }

    /// Runs `act` unless the object is gone. The object is not forgotten while it runs.
    pub(crate) fn while_known(&self, sealed: &WatchedSealedSecret, act: impl FnOnce()) {
        self.access(sealed, |_, _| act());
    }

    /// Records a status that another client wrote, and returns what is remembered.
    pub(crate) fn recall(&self, sealed: &WatchedSealedSecret, now: Instant) -> Memory {
        self.yield_to(sealed);
        self.drop_shown(sealed);
        self.look(sealed, now)
    }

    fn look(&self, sealed: &WatchedSealedSecret, now: Instant) -> Memory {
        let (generation, shown) = (sealed.metadata.generation, sealed.resource_version());
        let states = self.0.lock();
        let state = states.by_uid.get(&sealed.uid().unwrap_or_default()).and_then(Option::as_deref);
        let Some(state) = state else {
            let status = sealed.status.as_ref().map(KeptStatus::decoded);
            return Memory { status, version: shown, ..Memory::default() };
        };
        let is_newer = is_later(state.version.as_deref(), shown.as_deref());
        Memory {
            status: state.status.as_ref().or(sealed.status.as_ref()).map(KeptStatus::decoded),
            cause: state.cause.clone(),
            version: if is_newer { state.version.clone() } else { shown },
            is_unwritten: state.is_unwritten,
            status_delay: state.status_writes.delay(generation, now).filter(|_| state.is_overwritten),
            unsealed: state.unsealed.is_some() && state.unsealed == generation,
            is_contested: state.corrections.is_active(generation, now),
            correction_delay: state.corrections.delay(generation, now),
            is_collector_late: lasted(state.blocked_since, now) >= COLLECTOR_TIMEOUT,
        }
    }

    /// Whether another client, such as a second controller, has written a different status over this process' status. From here on
    /// that status counts, and what was reported for the same inputs is decided again.
    fn yield_to(&self, sealed: &WatchedSealedSecret) -> bool {
        let yielded = self.amend(sealed, |state, lists| {
            let Some(ours) = &state.gist else { return false };
            let version = sealed.resource_version();
            if !is_later(version.as_deref(), state.version.as_deref()) {
                return false;
            }
            let theirs = sealed.status.as_ref().map(KeptStatus::decoded).unwrap_or_default();
            let gist = Gist::of(&theirs);
            if !gist.differs(ours) {
                return false;
            }
            (state.status, state.gist) = (Some(KeptStatus::of(&theirs)), Some(gist));
            (state.version, state.lists) = (version, lists);
            (state.is_overwritten, state.reported, state.cause) = (true, None, None);
            true
        });
        yielded.unwrap_or_default()
    }

    /// Drops a status that the watch shows as well: there may be ten thousand of them.
    fn drop_shown(&self, sealed: &WatchedSealedSecret) {
        self.amend(sealed, |state, _| {
            let version = sealed.resource_version();
            if version.is_some() && state.version == version && !state.is_unwritten {
                state.status.take_if(|ours| sealed.status.as_ref() == Some(ours));
            }
        });
    }

    /// When to check again, if an outcome was reported for equal inputs already. None if they have to be decided.
    pub(crate) fn already_reported(
        &self,
        sealed: &WatchedSealedSecret,
        inputs: &Inputs,
        now: Instant,
    ) -> Option<Action> {
        let until = self.amend(sealed, |state, _| {
            state.reported.as_ref().filter(|reported| reported.0 == *inputs).map(|reported| reported.1)
        });
        match until.flatten()? {
            None => Some(Action::await_change()),
            Some(until) => until.checked_duration_since(now).map(Action::requeue),
        }
    }

    /// Records that the Secret is what this generation describes, whether or not the status can be written.
    pub(crate) fn unsealed(&self, sealed: &WatchedSealedSecret) {
        self.note(sealed, |state, _| state.unsealed = sealed.metadata.generation);
    }

    pub(crate) fn corrected(&self, sealed: &WatchedSealedSecret, now: Instant) {
        self.note(sealed, |state, _| state.corrections.record(sealed.metadata.generation, now));
    }

    /// Records the status that was written, and the SealedSecret's version since.
    pub(crate) fn wrote_status(
        &self,
        sealed: &WatchedSealedSecret,
        status: &SealedSecretStatus,
        version: Option<String>,
        now: Instant,
    ) {
        self.note(sealed, |state, lists| {
            if state.is_overwritten {
                state.status_writes.record(sealed.metadata.generation, now);
            }
            state.set(status);
            (state.version, state.lists) = (version, lists);
            (state.is_overwritten, state.conflicts_since, state.is_unwritten) = (false, None, false);
        });
    }

    /// Records what the status says has failed.
    pub(crate) fn failed_by(&self, sealed: &WatchedSealedSecret, cause: Option<Identity>) {
        match cause {
            None => _ = self.amend(sealed, |state, _| state.cause = None),
            cause => _ = self.note(sealed, |state, _| state.cause = cause),
        }
    }

    /// Records a status that the API server does not accept. From here on it counts as reported, so that there is one
    /// event; and it is tried again.
    pub(crate) fn could_not_write_status(&self, sealed: &WatchedSealedSecret, status: &SealedSecretStatus) {
        self.note(sealed, |state, _| {
            // Without a version: the object as the watch shows it does not replace it.
            state.set(status);
            (state.version, state.is_unwritten) = (None, true);
        });
    }

    /// Records that a write of the status was a conflict. Returns how long each write has been one.
    pub(crate) fn status_conflict(&self, sealed: &WatchedSealedSecret, now: Instant) -> Duration {
        let since = self.note(sealed, |state, _| *state.conflicts_since.get_or_insert(now));
        lasted(since, now)
    }

    /// Whether another failure than this one was logged last. From here on it is this one.
    pub(crate) fn is_news_to_the_log(&self, sealed: &WatchedSealedSecret, failure: &str) -> bool {
        let hash = Some(hash(&failure));
        self.note(sealed, |state, _| std::mem::replace(&mut state.logged, hash) != hash).unwrap_or_default()
    }

    /// Records a transient error. Returns how long each reconciliation has failed with one.
    pub(crate) fn failed(&self, sealed: &WatchedSealedSecret, now: Instant) -> Duration {
        let since = self.note(sealed, |state, _| *state.failing_since.get_or_insert(now));
        lasted(since, now)
    }

    /// Records that the Secret of a deleted SealedSecret has the name.
    pub(crate) fn blocked(&self, sealed: &WatchedSealedSecret, now: Instant) {
        self.note(sealed, |state, _| _ = state.blocked_since.get_or_insert(now));
    }

    /// Records that an outcome was reported for these inputs: it holds until then, or, for None, until they change.
    pub(crate) fn reported(&self, sealed: &WatchedSealedSecret, inputs: Inputs, until: Option<Instant>) {
        self.note(sealed, |state, _| state.reported = Some(Box::new((inputs, until))));
    }

    /// Forgets for which inputs an outcome was reported: the next ones are decided, even if they are the same.
    pub(crate) fn forget_reported(&self, sealed: &WatchedSealedSecret) {
        self.amend(sealed, |state, _| state.reported = None);
    }

    /// Forgets transient errors, and for which inputs an outcome was reported: the cluster works again.
    pub(crate) fn forget_failures(&self, sealed: &WatchedSealedSecret) {
        self.amend(sealed, |state, _| {
            (state.reported, state.failing_since, state.blocked_since) = (None, None, None);
        });
    }

    /// Changes the state, if there is one: nothing is allocated for an object of which nothing is remembered.
    fn amend<T>(
        &self,
        sealed: &WatchedSealedSecret,
        change: impl FnOnce(&mut ObjectState, u64) -> T,
    ) -> Option<T> {
        self.access(sealed, |state, lists| state.as_deref_mut().map(|state| change(state, lists))).flatten()
    }

    /// Changes the state, unless the object is gone.
    fn note<T>(
        &self,
        sealed: &WatchedSealedSecret,
        change: impl FnOnce(&mut ObjectState, u64) -> T,
    ) -> Option<T> {
        self.access(sealed, |state, lists| change(state.get_or_insert_default(), lists))
    }

    /// None if the object is gone.
    fn access<T>(
        &self,
        sealed: &WatchedSealedSecret,
        act: impl FnOnce(&mut Option<Box<ObjectState>>, u64) -> T,
    ) -> Option<T> {
        let mut states = self.0.lock();
        let lists = states.lists;
        Some(act(states.by_uid.get_mut(&sealed.uid().unwrap_or_default())?, lists))
    }
}

fn lasted(since: Option<Instant>, now: Instant) -> Duration {
    since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
}

#[cfg(test)]
mod tests;
