//! [`Plan`]: everything that can be decided about a SealedSecret, and [`Refusal`], everything that can be wrong
//! with one.

use super::outcome::Hindrance;
use api::DecodeError;
use api::annotations::{MANAGED, PATCH};
use envelope::Fingerprint;
use sealing::{InFull, UnsealError, UnsealedSecret};
use std::collections::BTreeSet;

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Nothing to do and nothing to say: the SealedSecret is going away.
    Leave,
    /// Make the Secret.
    Create(UnsealedSecret),
    /// Write the Secret anew.
    Replace(UnsealedSecret),
    /// The Secret is as it should be.
    Keep {
        /// The version that was found right.
        resource_version: String,
        /// The keys that opened what it was held against.
        opened_by: BTreeSet<Fingerprint>,
    },
    /// The object itself is at fault: say so, and wait until it, its Secret or the keys change.
    Refuse(Refusal),
    /// The cluster has to get somewhere first: look again later.
    Wait(Hindrance),
}

impl Plan {
    /// Whether it changes anything in the cluster.
    pub(crate) fn writes(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Replace(_))
    }
}

/// What is wrong with a SealedSecret. Names what is at fault, never a value. Its text is for the status and the event, which show
/// nothing that depends on values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Its spec has a wrong shape.
    #[error("the SealedSecret cannot be read: {0}")]
    Undecodable(DecodeError),
    /// It does not open.
    #[error("{0}")]
    Unseal(UnsealError),
    /// The Secret would count as a sealing key, or as what their names are made of.
    #[error(
        "its Secret would count as a sealing key, of this controller or another, or as what a controller keeps beside its keys; \
         no SealedSecret may write those: the controller makes them, and `kubeseal-rs keys restore` restores them"
    )]
    SealingKey,
    /// The Secret in its place is somebody else's.
    // The first sentence is upstream's, to the letter: people search for it.
    #[error(
        "Resource \"{name}\" already exists and is not managed by SealedSecret. To have it replaced by this SealedSecret, \
         annotate that Secret with {MANAGED}=true; to have the values added to it, with {PATCH}=true; or delete it"
    )]
    Unmanaged {
        /// The Secret's name.
        name: String,
    },
    /// The Secret in its place is immutable.
    #[error(
        "the target Secret is immutable: neither can that be undone nor can its values be changed; delete the Secret \
         \"{name}\", and it is made anew from this SealedSecret"
    )]
    Immutable {
        /// The Secret's name.
        name: String,
    },
    /// The Secret in its place has another type.
    #[error(
        "the Secret \"{name}\" has type {existing}, and a type cannot be changed; delete it, and it is made anew \
         with type {wanted}"
    )]
    TypeChange {
        /// The Secret's name.
        name: String,
        /// The type it has.
        existing: String,
        /// The type it should have.
        wanted: String,
    },
    /// The API server does not accept the Secret.
    #[error("the API server does not accept the Secret: {0}")]
    Rejected(String),
}

impl Refusal {
    /// One word for programs.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Undecodable(_) => "InvalidSpec",
            Self::Unseal(error) if error.blames_revocation() => "KeyRevoked",
            Self::Unseal(error) if error.wants_key() => "NoKeyOpens",
            Self::Unseal(_) => "UnsealFailed",
            Self::SealingKey => "SealingKey",
            Self::Unmanaged { .. } => "Unmanaged",
            Self::Immutable { .. } => "Immutable",
            Self::TypeChange { .. } => "TypeChange",
            Self::Rejected(_) => "Rejected",
        }
    }

    /// The text for the log, which may tell where a template failed with these values.
    pub(crate) fn in_full(&self) -> String {
        match self {
            Self::Unseal(error) => InFull(error).to_string(),
            told => told.to_string(),
        }
    }

    /// Whether it failed before the Secret was touched; upstream tells the two apart in its events.
    pub(crate) fn is_unseal_failure(&self) -> bool {
        matches!(self, Self::Undecodable(_) | Self::Unseal(_) | Self::SealingKey)
    }
}
