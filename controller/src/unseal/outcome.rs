//! [`Outcome`]: how a reconciliation ended.

use crate::unseal::cause::identity::Identity;
use crate::unseal::cause::refusal::Refusal;
use crate::unseal::cause::transient::Transient;
use envelope::Fingerprint;
use std::collections::BTreeSet;

/// How a reconciliation ended. There is none where nothing is reported.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The Secret is what the SealedSecret describes.
    Synced {
        resource_version: String,
        /// Fingerprints of the keys that opened the values in it, where they are known.
        opened_by: Option<BTreeSet<String>>,
        act: Act,
    },
    /// The SealedSecret or its Secret has to change first.
    Refused(Refusal),
    /// The reconciliation is tried again.
    Failed(Transient),
}

/// What was done so that the Secret is what its SealedSecret describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Nothing: the status and the watches showed it.
    Settled,
    /// Nothing: the Secret was compared with the opened values.
    Found,
    /// It was written.
    Written,
    /// Drift was corrected: another client had edited the Secret.
    Corrected,
    /// Drift was corrected: another client had deleted the Secret.
    Recreated,
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Transient> for Outcome {
    fn from(error: Transient) -> Self {
        Self::Failed(error)
    }
}

impl Outcome {
    /// The Secret has the wanted values in this version; these keys opened them.
    pub(crate) fn synced(resource_version: String, keys: &BTreeSet<Fingerprint>, act: Act) -> Self {
        let opened_by = Some(keys.iter().map(ToString::to_string).collect());
        Self::Synced { resource_version, opened_by, act }
    }

    /// What failed, if it is a transient error.
    pub(crate) fn identity(&self) -> Option<Identity> {
        match self {
            Self::Failed(error) => Some(error.identity()),
            Self::Synced { .. } | Self::Refused(_) => None,
        }
    }

    /// The message of a failure, for the status and the event, and for the log. None for a success.
    pub(crate) fn failure(&self) -> Option<[String; 2]> {
        match self {
            Self::Synced { .. } => None,
            Self::Refused(refusal) => Some([refusal.to_string(), refusal.in_full()]),
            Self::Failed(error) => Some([error.to_string(), error.in_full()]),
        }
    }
}
