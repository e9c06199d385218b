//! What can be wrong with one item of `spec.encryptedData`, or with one template of `spec.template.data`.

pub(crate) mod diagnosis;
pub(crate) mod item_certificates;
pub(crate) mod noted_key;
pub(crate) mod scope_change;

use crate::item_error::diagnosis::Diagnosis;
use envelope::Fingerprint;
use recipients::FormatError;
use template::TemplateError;

/// One item that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemError {
    /// The item's key.
    pub key: String,
    /// What is wrong with it.
    pub kind: ItemErrorKind,
}

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemErrorKind {
    /// Not base64.
    NotBase64,
    /// An envelope that ends early.
    Truncated,
    /// Not tried, because items before it did not open, or took too many keys to open.
    NotTried,
    /// No key opens it, for this namespace and name and the scope that the annotations state.
    NoKeyOpens(Diagnosis),
    /// No key opens it, and its entry in the annotation for the recipients is for another envelope: a program that does not know the annotation changed the item.
    EntryOutdated {
        /// The key that it is sealed to now, if the annotation for the fingerprint says so.
        sealed_to: Option<Fingerprint>,
    },
    /// A key opens it, and the session key is not the one that its entry commits to.
    NotCommitted,
    /// No key opens it, and not all entries of the annotation for the recipients were tried: they took too many tries.
    EntriesNotTried,
    /// No key opens it, and the annotation for the recipients is not what the format says.
    BadRecipients(FormatError),
}

impl ItemErrorKind {
    /// Whether the item opens perhaps when a sealing key is added.
    pub(crate) fn wants_key(&self) -> bool {
        match self {
            Self::NoKeyOpens(diagnosis) => diagnosis.wants_key(),
            Self::EntryOutdated { .. } | Self::EntriesNotTried | Self::BadRecipients(_) => true,
            Self::NotBase64 | Self::Truncated | Self::NotTried | Self::NotCommitted => false,
        }
    }
}

/// A template that does not render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadTemplate {
    /// What is wrong with it.
    Faulty(TemplateError),
    /// Not rendered, because templates before it spent what all templates of an object may cost.
    NotRendered(String),
}
