//! What was last said in the status, by us or by another client, and in the log.

use crate::unseal::state::object_state::Ledger;
use api::resource_version::is_later;
use api::{SealedSecretStatus, TargetStatus, WatchedSealedSecret};
use kube::ResourceExt as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant};

impl Ledger {
    /// The status as last written by this process, else as the object shows it; and another client's where
    /// [`yield_to`](Self::yield_to) found one.
    pub(crate) fn status_of(&self, observed: &WatchedSealedSecret) -> Option<SealedSecretStatus> {
        self.look(observed, |note| note.status.clone()).flatten().or_else(|| observed.status.clone())
    }

    /// Notes what was written, and the SealedSecret's version that came of it.
    pub(crate) fn wrote(
        &self,
        observed: &WatchedSealedSecret,
        status: SealedSecretStatus,
        version: Option<String>,
        now: Instant,
    ) {
        let lists = self.notes().lists;
        self.note(observed, |note| {
            if note.overruled {
                note.restatements.answered(observed.metadata.generation, now);
            }
            (note.status, note.version, note.lists) = (Some(status), version, lists);
            (note.overruled, note.overtaken, note.owed) = (false, None, false);
        });
    }

    /// Notes what was to be written where the API server will not take it. From here on that is what was said, so that events
    /// tell of it once; and it stays owed, so that it is tried again.
    pub(crate) fn owe(&self, observed: &WatchedSealedSecret, status: SealedSecretStatus) {
        self.note(observed, |note| {
            // Without a version: what the object goes on showing is no word against ours.
            (note.status, note.version, note.owed) = (Some(status), None, true);
        });
    }

    /// Whether the status is still to be written, though nothing has changed since.
    pub(crate) fn is_owed(&self, observed: &WatchedSealedSecret) -> bool {
        self.look(observed, |note| note.owed).unwrap_or_default()
    }

    /// Whether this process has not logged this failure of the SealedSecret last. From here on it has.
    pub(crate) fn is_news_to_the_log(&self, observed: &WatchedSealedSecret, failure: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        failure.hash(&mut hasher);
        let hash = Some(hasher.finish());
        self.note(observed, |note| std::mem::replace(&mut note.logged, hash) != hash).unwrap_or_default()
    }

    /// Whether another client has written another status over ours; a second controller, say. From here on that is the
    /// status to go by, and whatever we thought settled is open again.
    pub(crate) fn yield_to(&self, observed: &WatchedSealedSecret) -> bool {
        let lists = self.notes().lists;
        let yielded = self.amend(observed, |note| {
            let Some(ours) = &note.status else { return false };
            let theirs = observed.status.clone().unwrap_or_default();
            let version = observed.resource_version();
            if !is_later(version.as_deref(), note.version.as_deref()) || !tells_otherwise(&theirs, ours) {
                return false;
            }
            (note.status, note.version, note.lists) = (Some(theirs), version, lists);
            (note.overruled, note.paused) = (true, None);
            true
        });
        yielded.unwrap_or_default()
    }

    /// The latest version of this SealedSecret that is known.
    pub(crate) fn version_of(&self, observed: &WatchedSealedSecret) -> Option<String> {
        let observed_version = observed.resource_version();
        let noted = self.look(observed, |note| note.version.clone()).flatten();
        if is_later(noted.as_deref(), observed_version.as_deref()) { noted } else { observed_version }
    }

    /// Whether the status may be written now, else how long to wait: always, but for one that another client writes over each
    /// time.
    pub(crate) fn may_state(&self, observed: &WatchedSealedSecret, now: Instant) -> Result<(), Duration> {
        let overruled = self.look(observed, |note| {
            note.overruled.then(|| note.restatements.may_answer(observed.metadata.generation, now))
        });
        overruled.flatten().unwrap_or(Ok(()))
    }

    /// Notes that the status was not written because the object is another by now, and returns how long that has been so.
    pub(crate) fn overtaken(&self, observed: &WatchedSealedSecret, now: Instant) -> Duration {
        let since = self.note(observed, |note| *note.overtaken.get_or_insert(now));
        since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }
}

/// Whether another status says something else than ours. A definition of the type that does not know `target`, or all of it,
/// drops what it does not know.
fn tells_otherwise(theirs: &SealedSecretStatus, ours: &SealedSecretStatus) -> bool {
    let same_conditions = theirs.conditions.len() == ours.conditions.len()
        && theirs.conditions.iter().zip(&ours.conditions).all(|(one, other)| one.says_the_same(other));
    let left = |target: &TargetStatus| (target.resource_version.clone(), target.scope.clone());
    let same_target =
        theirs.target.is_none() || theirs.target.as_ref().map(left) == ours.target.as_ref().map(left);
    !(same_conditions && same_target && theirs.observed_generation == ours.observed_generation)
}
