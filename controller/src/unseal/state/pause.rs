//! When to look at an object again: what led nowhere, and for how long it has.

use crate::unseal::state::object_state::Ledger;
use api::{Scope, WatchedSealedSecret};
use envelope::Fingerprint;
use std::time::{Duration, Instant};

/// Everything that an outcome depends on, as it was when it was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inputs {
    /// Of the SealedSecret; its spec.
    pub generation: Option<i64>,
    /// From its annotations.
    pub scope: Scope,
    /// From its annotations as well.
    pub correct_drift: bool,
    /// From its annotations, too: the key that is tried first, or is known to have leaked.
    pub hint: Option<Fingerprint>,
    /// Whether it was sealed with a key that leaked, by that or by its status.
    pub revoked: bool,
    /// Of what the ring opens.
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

/// Kubernetes' garbage collector takes a second, and up to half a minute where the type is new to it.
const PATIENCE: Duration = Duration::from_secs(45);

impl Ledger {
    /// How long to leave an object alone, if these inputs have led nowhere before.
    pub(crate) fn nothing_new(&self, observed: &WatchedSealedSecret, inputs: &Inputs) -> Option<Pause> {
        let paused = self.look(observed, |note| {
            note.paused.as_ref().filter(|(before, _)| before == inputs).map(|(_, until)| *until)
        });
        match paused.flatten()? {
            None => Some(Pause::UntilChange),
            Some(until) => {
                let left = until.checked_duration_since(Instant::now())?;
                Some(Pause::Until(left))
            }
        }
    }

    /// Notes one more hindrance, and returns how long they have lasted.
    pub(crate) fn hindered(&self, observed: &WatchedSealedSecret, now: Instant) -> Duration {
        let since = self.note(observed, |note| *note.hindered.get_or_insert(now));
        since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    /// Notes that an earlier SealedSecret's Secret is in the way.
    pub(crate) fn blocked(&self, observed: &WatchedSealedSecret, now: Instant) {
        self.note(observed, |note| note.blocked.get_or_insert(now).to_owned());
    }

    /// Whether it has been for so long that the garbage collector will not delete it any more.
    pub(crate) fn lost_patience(&self, observed: &WatchedSealedSecret, now: Instant) -> bool {
        let since = self.look(observed, |note| note.blocked).flatten();
        since.is_some_and(|since| now.saturating_duration_since(since) >= PATIENCE)
    }

    /// Notes that these inputs are hindered, and that it is reported: until then, or until they change.
    pub(crate) fn pause(&self, observed: &WatchedSealedSecret, inputs: Inputs, until: Instant) {
        self.note(observed, |note| note.paused = Some((inputs, Some(until))));
    }

    /// Notes that these inputs are refused, until they change. The cluster did its part: whatever hindered it is over.
    pub(crate) fn refused(&self, observed: &WatchedSealedSecret, inputs: Inputs) {
        self.go_on(observed);
        self.note(observed, |note| note.paused = Some((inputs, None)));
    }

    /// Nothing to wait for, and no hindrance any more.
    pub(crate) fn go_on(&self, observed: &WatchedSealedSecret) {
        self.amend(observed, |note| {
            (note.paused, note.hindered, note.blocked) = (None, None, None);
        });
    }

    /// Something was done since it was last paused: should the same inputs come again, they are news.
    pub(crate) fn resume(&self, observed: &WatchedSealedSecret) {
        self.amend(observed, |note| note.paused = None);
    }
}
