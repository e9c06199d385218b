//! [`Refusal`]: a Secret that claims to be a sealing key and is not used as one, and why.

use crate::events::about::About;
use envelope::{CertificateError, KeyPairError, PublicKeyError};
use sealing::KeySecretError;

/// Why a Secret is not used as a sealing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Not of the type for key pairs.
    Type,
    /// A half is missing.
    Incomplete,
    /// A half cannot be read.
    Broken,
    /// More labels, annotations or items than are read.
    TooManyEntries,
    /// Another algorithm.
    NotRsa,
    /// Fewer than 2048 bits.
    TooSmall,
    /// The halves belong to different keys.
    Mismatched,
    /// Not in the controller's namespace.
    Namespace,
    /// Another Secret says that this key leaked.
    Leaked,
}

impl Reason {
    /// All of them.
    pub(crate) const ALL: [Self; 9] = [
        Self::Type,
        Self::Incomplete,
        Self::Broken,
        Self::TooManyEntries,
        Self::NotRsa,
        Self::TooSmall,
        Self::Mismatched,
        Self::Namespace,
        Self::Leaked,
    ];

    /// As a metric's label has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Incomplete => "incomplete",
            Self::Broken => "broken",
            Self::TooManyEntries => "too_many_entries",
            Self::NotRsa => "not_rsa",
            Self::TooSmall => "too_small",
            Self::Mismatched => "mismatched",
            Self::Namespace => "namespace",
            Self::Leaked => "leaked",
        }
    }
}

impl From<KeySecretError> for Reason {
    fn from(error: KeySecretError) -> Self {
        match error {
            KeySecretError::Type => Self::Type,
            KeySecretError::TooManyEntries(_) => Self::TooManyEntries,
            KeySecretError::Missing(_) => Self::Incomplete,
            KeySecretError::KeyPair(KeyPairError::Mismatch) => Self::Mismatched,
            KeySecretError::KeyPair(KeyPairError::Certificate(CertificateError::Key(key))) => match key {
                PublicKeyError::TooSmall(_) => Self::TooSmall,
                PublicKeyError::NotRsa => Self::NotRsa,
            },
            KeySecretError::NotText(_) | KeySecretError::KeyPair(_) => Self::Broken,
        }
    }
}

/// A Secret that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Which, in which version.
    pub about: About,
    /// Why.
    pub reason: Reason,
    /// Why, in words; never anything of what is in it.
    pub message: String,
}
