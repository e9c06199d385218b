//! [`Condition`]: one observation in the status of a SealedSecret. A new type of condition is a constant here; the controller's
//! `unseal::report::status` sets it, and `controller/docs/reference.md` lists it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The state of a SealedSecret in one respect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// `Synced`, `Ready`, `Stalled`, `Reconciling` or `Compromised`.
    #[serde(rename = "type")]
    pub type_: String,

    /// `True`, `False` or `Unknown`.
    #[schemars(schema_with = "status_schema")]
    pub status: ConditionStatus,

    /// The cause in one word, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,

    /// What is wrong, where, and the likely cause, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,

    /// When the status last changed from one value to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "time_schema")]
    pub last_transition_time: Option<Time>,

    /// When anything in this condition last changed; for `Synced`, also when the generation last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "time_schema")]
    pub last_update_time: Option<Time>,
}

/// A condition's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It is not known whether it holds.
    #[serde(other)]
    Unknown,
}

impl Condition {
    /// Type of the condition that says whether the Secret is what the SealedSecret describes.
    pub const SYNCED: &'static str = "Synced";
    /// Type of the condition that kstatus (Flux) reads as "done".
    pub const READY: &'static str = "Ready";
    /// Type of the condition that kstatus reads as "failed, and waiting for a change".
    pub const STALLED: &'static str = "Stalled";
    /// Type of the condition that kstatus reads as "in progress".
    pub const RECONCILING: &'static str = "Reconciling";

    /// Type of the condition that says that a leaked key opens the SealedSecret; absent if none does.
    pub const COMPROMISED: &'static str = "Compromised";

    /// Whether type, status, reason and message of both are equal. Times may differ.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.type_, self.status, &self.reason, &self.message)
            == (&other.type_, other.status, &other.reason, &other.message)
    }
}

/// A plain string, as upstream has it, so that a value which is added later does not make stored objects invalid.
fn status_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string" })
}

/// Without it, `k8s-openapi` would have to compile the schemas of all types of Kubernetes.
pub(crate) fn time_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string", "format": "date-time", "nullable": true })
}
