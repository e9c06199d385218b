//! [`ValueMap`]: the maps with values of Secrets and of SealedSecrets, for the search in a text that does not parse.

use crate::commands::guard::report::finding::FindingKind;
use crate::commands::guard::value::plain::{Extent, is_plain};
use crate::commands::guard::value::sealed::{is_unsealed, is_unsealed_line};

/// A kind of map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueMap {
    /// `data` and `stringData` of a Secret.
    Secret,
    /// `encryptedData` of a SealedSecret.
    Sealed,
}

impl ValueMap {
    pub(crate) const ALL: [Self; 2] = [Self::Secret, Self::Sealed];

    /// The kinds of the objects that have it.
    pub(crate) fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Secret => &["Secret", "SecretList"],
            Self::Sealed => &["SealedSecret", "SealedSecretList"],
        }
    }

    /// The fields that are such a map.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Secret => &["data", "stringData"],
            Self::Sealed => &["encryptedData"],
        }
    }

    /// Whether this value in it is plaintext.
    pub(crate) fn holds_plaintext(self, value: &str, extent: Extent) -> bool {
        match (self, extent) {
            (Self::Secret, extent) => is_plain(value, extent),
            (Self::Sealed, Extent::Whole) => is_unsealed(value),
            (Self::Sealed, Extent::Line) => is_unsealed_line(value),
        }
    }

    /// The finding about the value under `key`.
    pub(crate) fn finding(self, key: String) -> FindingKind {
        match self {
            Self::Secret => FindingKind::SecretText { key },
            Self::Sealed => FindingKind::UnsealedText { key },
        }
    }
}
