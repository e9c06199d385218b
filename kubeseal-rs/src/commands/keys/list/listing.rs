//! [`Listing`]: what `keys list` prints. Its field names are those of the JSON output; a new column needs a field in [`Line`], and a heading
//! and a cell in `table`.

use crate::commands::keys::list::keeping::Keeping;
use jiff::Timestamp;
use serde::Serialize;

/// All keys, and what could not be read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listing {
    pub server: String,
    pub namespace: String,
    pub keys: Vec<Line>,
    /// Whether the user gave files.
    #[serde(skip)]
    pub with_files: bool,
    /// Paths that could not be read, and why.
    pub not_looked_into: Vec<String>,
    /// SealedSecrets whose key is not known.
    pub unknown: Vec<String>,
}

/// A key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    /// Absent if the certificate cannot be read.
    pub fingerprint: Option<String>,
    pub secret: String,
    pub state: &'static str,
    /// Whether new values are sealed with it, once it is served.
    pub newest: bool,
    pub created: Option<Timestamp>,
    pub not_before: Option<Timestamp>,
    pub not_after: Option<Timestamp>,
    /// When the last backup of it was made, as its Secret says; absent without one.
    pub backed_up: Option<Timestamp>,
    /// Number of SealedSecrets in the cluster that need it; absent if they could not be listed.
    pub cluster: Option<usize>,
    /// Number of SealedSecrets in the files that need it; absent without files, or if not all could be read.
    pub files: Option<usize>,
    /// How it is kept; absent if the Secret holds no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Keeping>,
    /// Why it is unusable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
