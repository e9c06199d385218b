//! [`Listing`]: what `clusters list` prints. Its field names are those of the JSON output; a new column needs a field in [`Line`], and a
//! heading and a cell in `table`.

use crate::project::cluster::Connection;
use jiff::Timestamp;
use serde::Serialize;

/// The project file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listing {
    /// The folder of the project file.
    pub root: String,
    pub rules: Rules,
    pub clusters: Vec<Line>,
    /// Whether the clusters were asked.
    #[serde(skip)]
    pub is_checked: bool,
    /// Whether a file of `--trusted` says what is trusted.
    #[serde(skip)]
    pub is_by_list: bool,
}

/// The rules as trust sees them.
#[derive(Debug, Serialize)]
pub(crate) struct Rules {
    pub sha256: String,
    pub trusted: bool,
}

/// A cluster.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    pub name: String,
    /// The path of the certificate from the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Absent if the certificate cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// Whether the key was accepted for this name.
    pub trusted: bool,
    #[serde(flatten)]
    pub connection: Connection,
    /// Whether the cluster serves a certificate; absent without `--check`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reachable: Option<bool>,
    /// The fingerprint of the certificate that it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// Why nothing can be sealed for it, and why it does not answer.
    pub problems: Vec<String>,
}
