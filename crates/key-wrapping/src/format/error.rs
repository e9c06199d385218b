//! [`FormatError`]: why a text is not a wrapped key. It names the member, and shows no value.

use serde::Deserialize;
use strict_json::Problem;

/// The text is not a wrapped key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct FormatError(Problem);

/// The problems that this crate finds itself.
pub(crate) mod problem {
    pub(crate) const VERSION: &str =
        "has another \"format\" than sealed-secrets/wrapped-key/v1, the only one that is supported";
    pub(crate) const CLUSTER_NAME: &str = "has a \"clusterName\" that is not the name of a cluster";
    pub(crate) const SINCE: &str = "has a \"since\" that is not a date as 2026-01-02T03:04:05Z";
    pub(crate) const NO_SLOTS: &str = "has no slot";
    pub(crate) const MANY_SLOTS: &str = "has more than 8 slots";
    pub(crate) const LONG_SLOTS: &str = "has more than 65,536 bytes of slots";
    pub(crate) const EMPTY_SLOT: &str = "has no \"uri\" or nothing in \"wrapped\"";

    pub(crate) const ALL: [&str; 7] =
        [VERSION, CLUSTER_NAME, SINCE, NO_SLOTS, MANY_SLOTS, LONG_SLOTS, EMPTY_SLOT];
}

impl FormatError {
    pub(crate) const TOO_LONG: Self = Self(Problem::of_all("is longer than 131,072 bytes"));

    /// Reads a document.
    pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Self> {
        strict_json::from_slice(text, &problem::ALL).map_err(Self)
    }
}
