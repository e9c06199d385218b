//! [`FormatError`]: why a text is not a document of recipients. It names the member, and shows no value.

use serde::Deserialize;
use strict_json::Problem;

/// The text is not a document of recipients.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct FormatError(Problem);

/// The problems that this crate finds itself.
pub(crate) mod problem {
    pub(crate) const VERSION: &str = "has a \"v\" that is not 1, the only version that is supported";
    pub(crate) const NO_GROUPS: &str = "has no group";
    pub(crate) const MANY_GROUPS: &str = "has more than 16 groups";
    pub(crate) const NO_ENTRIES: &str = "has no entry in \"to\"";
    pub(crate) const NO_ITEMS: &str = "has no item";
    pub(crate) const COMMITS: &str = "does not have the same names in \"items\" and \"commits\"";
    pub(crate) const ITEM_LENGTH: &str = "has an item that is not 60 bytes long";
    pub(crate) const COMMIT_LENGTH: &str = "has a commitment that is not 32 bytes long";
    pub(crate) const ONE_RECIPIENT: &str = "does not have exactly one of \"cert\" and \"age\"";
    pub(crate) const FINGERPRINT: &str = "has a fingerprint that is not 64 hex digits in lower case";
    pub(crate) const AGE: &str = "has an age recipient that is not a native X25519 recipient";

    pub(crate) const ALL: [&str; 11] = [
        VERSION,
        NO_GROUPS,
        MANY_GROUPS,
        NO_ENTRIES,
        NO_ITEMS,
        COMMITS,
        ITEM_LENGTH,
        COMMIT_LENGTH,
        ONE_RECIPIENT,
        FINGERPRINT,
        AGE,
    ];
}

impl FormatError {
    pub(crate) const TOO_LONG: Self = Self(Problem::of_all("is longer than 262,144 bytes"));

    /// Reads a document.
    pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Self> {
        strict_json::from_slice(text, &problem::ALL).map_err(Self)
    }
}
