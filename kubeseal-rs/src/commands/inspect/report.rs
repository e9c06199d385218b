//! [`Report`]: everything that is told about one SealedSecret. Its field names are what programs rely on.

use crate::commands::inspect::problem::Problem;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// One SealedSecret.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub file: String,
    /// From 1.
    pub document: usize,
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub scope: &'static str,
    /// What must stay as it is for the values to open.
    pub bound_to: String,
    #[serde(rename = "type")]
    pub type_: Option<String>,
    pub immutable: Option<bool>,
    pub items: Vec<Item>,
    /// Plain keys in `spec.template.data`.
    pub template_data: Vec<TemplateItem>,
    pub certificate: SealedWith,
    pub problems: Vec<Problem>,
    /// Absent where the cluster was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<LiveState>,
    /// To compare with the cluster's.
    #[serde(skip)]
    pub encrypted_data: BTreeMap<String, String>,
}

/// A sealed value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub key: String,
    /// Of the value, in bytes; absent where it cannot be told.
    pub size: Option<usize>,
    /// Of the RSA key, in bits.
    pub key_bits: Option<usize>,
}

/// A value of the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateItem {
    pub key: String,
    pub is_template: bool,
}

/// The certificate it was sealed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SealedWith {
    /// Its key was revoked from this machine. Told as a problem.
    #[serde(skip)]
    pub is_revoked: bool,
    /// As the annotation has it, which is a hint.
    pub fingerprint: Option<String>,
    /// Of the items, where they agree.
    pub key_bits: Option<usize>,
    /// Where it is one that is known.
    pub not_before: Option<Timestamp>,
    pub not_after: Option<Timestamp>,
    /// Where a cluster gave it to us: when it did first, and the controller.
    pub first_fetched: Option<Timestamp>,
    pub fetched_from: Option<String>,
    /// Absent where it cannot be told.
    pub is_newest: Option<bool>,
    /// The newest that is known.
    pub newest: Option<String>,
    /// Where that is known from: `cert`, `kept` or `cluster`.
    pub known_from: Option<&'static str>,
}

/// What the cluster says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LiveState {
    pub server: String,
    pub namespace: String,
    pub exists: bool,
    /// Whether the cluster's has the same items.
    pub same_items: Option<bool>,
    /// Whether they have the same names at least.
    #[serde(skip)]
    pub same_names: bool,
    /// `True`, `False` or `Unknown`.
    pub synced: Option<String>,
    pub reason: Option<String>,
    pub message: Option<String>,
    /// What the condition `Compromised` says; absent where it is not there.
    pub compromised: Option<String>,
    pub generation: Option<i64>,
    pub observed_generation: Option<i64>,
}
