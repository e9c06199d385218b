//! [`SealedSecretReport`]: everything that is printed about one SealedSecret. Its field names are the JSON output, on which
//! programs rely.

use crate::commands::inspect::problem::Problem;
use jiff::Timestamp;
use sealing::NotedKeys;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The report about one SealedSecret.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SealedSecretReport {
    pub file: String,
    /// Counted from 1.
    pub document: usize,
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub scope: &'static str,
    /// What must stay unchanged for the values to open.
    pub bound_to: String,
    #[serde(rename = "type")]
    pub type_: Option<String>,
    pub immutable: Option<bool>,
    pub items: Vec<Item>,
    /// Plain keys in `spec.template.data`.
    pub template_data: Vec<TemplateItem>,
    pub certificate: SealedWith,
    /// The recipients in the annotation; none for a SealedSecret for one cluster.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<RecipientItems>,
    pub problems: Vec<Problem>,
    /// Absent without `--live`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<LiveState>,
    /// The keys that its annotations name.
    #[serde(skip)]
    pub noted_keys: NotedKeys,
    /// To compare with the cluster's items.
    #[serde(skip)]
    pub encrypted_data: BTreeMap<String, String>,
}

impl SealedSecretReport {
    /// Whether it lacks the name or namespace that its values are bound to.
    pub(crate) fn lacks_place(&self) -> bool {
        match self.scope {
            "strict" => self.name.is_none() || self.namespace.is_none(),
            "namespace-wide" => self.namespace.is_none(),
            _ => false,
        }
    }

    /// Whether `--check` fails because of it.
    pub(crate) fn has_error(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// A sealed value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub key: String,
    /// Length of the value in bytes; absent if it is not known.
    pub size: Option<usize>,
    /// Size of the RSA key in bits.
    pub key_bits: Option<usize>,
}

/// A recipient in the annotation, and the items that have an entry for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecipientItems {
    /// The cluster of the project file that its key is trusted for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The fingerprint of a cluster's certificate. What it names is not proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// An age recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<String>,
    pub items: Vec<String>,
}

/// A value of the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateItem {
    pub key: String,
    pub is_template: bool,
}

/// The certificate that it was sealed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SealedWith {
    /// The fingerprint in the annotation, which may be wrong.
    pub fingerprint: Option<String>,
    /// Without one certificate of all items: the certificates, and the items of each, as the annotation says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_item: BTreeMap<String, BTreeSet<String>>,
    /// Size of the items' RSA key in bits, if all agree.
    pub key_bits: Option<usize>,
    /// Start of the certificate's validity, if the certificate is known.
    pub not_before: Option<Timestamp>,
    pub not_after: Option<Timestamp>,
    /// When a controller served it to this machine first, and which controller.
    pub first_fetched: Option<Timestamp>,
    pub fetched_from: Option<String>,
    /// Absent if it is not known.
    pub is_newest: Option<bool>,
    /// Whether the annotation for the recipients has the newest certificate, for every item: the values themselves are sealed to another cluster.
    #[serde(skip)]
    pub newest_is_recipient: bool,
    /// The fingerprint of the newest known certificate.
    pub newest: Option<String>,
    /// Where the newest certificate comes from: `cert`, `kept` or `cluster`.
    pub known_from: Option<&'static str>,
}

/// The SealedSecret's state in the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LiveState {
    pub server: String,
    pub namespace: String,
    pub exists: bool,
    /// Whether the cluster's SealedSecret has equal items.
    pub same_items: Option<bool>,
    /// Whether the names of the items are equal.
    #[serde(skip)]
    pub same_names: bool,
    /// `True`, `False` or `Unknown`.
    pub synced: Option<String>,
    pub reason: Option<String>,
    pub message: Option<String>,
    /// The message of the condition `Compromised`; absent without it.
    pub compromised: Option<String>,
    pub generation: Option<i64>,
    pub observed_generation: Option<i64>,
}
