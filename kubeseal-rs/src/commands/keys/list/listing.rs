//! [`Listing`]: what `keys list` prints. Its field names are those of the JSON output; a new column needs a field in [`Line`], and a heading
//! and a cell in `table`.

use jiff::Timestamp;
use serde::Serialize;

/// All keys, and what could not be found out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listing {
    pub server: String,
    pub namespace: String,
    pub keys: Vec<Line>,
    /// Whether files were named.
    #[serde(skip)]
    pub with_files: bool,
    /// What was named and could not be looked into, and why.
    pub not_looked_into: Vec<String>,
    /// SealedSecrets of which it is not known which key they need.
    pub unknown: Vec<String>,
}

/// A key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    /// Absent where there is no certificate that can be read.
    pub fingerprint: Option<String>,
    pub secret: String,
    pub state: &'static str,
    /// New values are sealed with it, once it is served.
    pub newest: bool,
    pub created: Option<Timestamp>,
    pub not_before: Option<Timestamp>,
    pub not_after: Option<Timestamp>,
    /// SealedSecrets in the cluster that need it; absent where they could not be listed.
    pub cluster: Option<usize>,
    /// SealedSecrets in the files that need it; absent where none were named, or not all could be looked into.
    pub files: Option<usize>,
    /// Why it is unusable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
