//! What was last done to the Secret, and how often it was put right.

use crate::unseal::state::object_state::Ledger;
use api::WatchedSealedSecret;
use std::time::{Duration, Instant};

impl Ledger {
    /// Notes that the Secret is now what this generation stands for, whether or not the status gets to say so.
    pub(crate) fn unsealed(&self, observed: &WatchedSealedSecret) {
        self.note(observed, |note| note.unsealed = observed.metadata.generation);
    }

    /// Whether this process has unsealed this very generation.
    pub(crate) fn has_unsealed(&self, observed: &WatchedSealedSecret) -> bool {
        let unsealed = self.look(observed, |note| note.unsealed).flatten();
        unsealed.is_some() && unsealed == observed.metadata.generation
    }

    /// Whether this very object was put right before, not long ago: then another client made what differs now.
    pub(crate) fn is_contested(&self, observed: &WatchedSealedSecret, now: Instant) -> bool {
        self.look(observed, |note| note.corrections.goes_on(observed.metadata.generation, now))
            .unwrap_or_default()
    }

    /// Whether drift may be corrected now; else how long to wait.
    pub(crate) fn may_correct(&self, observed: &WatchedSealedSecret, now: Instant) -> Result<(), Duration> {
        let may = self.look(observed, |note| note.corrections.may_answer(observed.metadata.generation, now));
        may.unwrap_or(Ok(()))
    }

    /// Notes that drift was corrected.
    pub(crate) fn corrected(&self, observed: &WatchedSealedSecret, now: Instant) {
        self.note(observed, |note| note.corrections.answered(observed.metadata.generation, now));
    }
}
