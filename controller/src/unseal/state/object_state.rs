//! [`ObjectState`]: what is remembered of one SealedSecret.

use crate::unseal::cause::identity::Identity;
use crate::unseal::state::conflict_backoff::ConflictBackoff;
use crate::unseal::state::gist::Gist;
use crate::unseal::state::memory::Inputs;
use api::{KeptStatus, SealedSecretStatus};
use std::time::Instant;

#[derive(Debug, Default)]
pub(crate) struct ObjectState {
    /// As last written by this process, or by another client after it; None if the watch shows the same.
    pub status: Option<KeptStatus>,
    /// What that status says.
    pub gist: Option<Gist>,
    /// What that status says has failed; None if it does not, or if another client wrote it.
    pub cause: Option<Identity>,
    /// The SealedSecret's version that has this status, if the API server returned it.
    pub version: Option<String>,
    /// Number of lists that had been begun at that time.
    pub lists: u64,
    /// Another client wrote the status over this process' status.
    pub is_overwritten: bool,
    /// The API server did not accept the status.
    pub is_unwritten: bool,
    /// The hash of the failure that was logged last; only if the status does not hold all of it.
    pub logged: Option<u64>,
    /// Since when each write of the status was a conflict.
    pub conflicts_since: Option<Instant>,
    /// The inputs for which an outcome was reported, and until when it holds; None for until the inputs change.
    pub reported: Option<Box<(Inputs, Option<Instant>)>>,
    /// Since when each reconciliation failed with a transient error.
    pub failing_since: Option<Instant>,
    /// Since when the Secret of a deleted SealedSecret has the name.
    pub blocked_since: Option<Instant>,
    /// The generation for which the Secret was last written or found right.
    pub unsealed: Option<i64>,
    pub corrections: ConflictBackoff,
    pub status_writes: ConflictBackoff,
}

impl ObjectState {
    /// Takes a status as the last one that was written.
    pub(crate) fn set(&mut self, status: &SealedSecretStatus) {
        self.gist = Some(Gist::of(status));
        self.status = Some(KeptStatus::of(status));
    }
}
