//! [`Condition`]: one line of a SealedSecret's status.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One observation of a SealedSecret's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// `Synced`, `Ready`, `Stalled`, `Reconciling` or `Compromised`.
    #[serde(rename = "type")]
    pub type_: String,

    /// `True`, `False` or `Unknown`.
    #[schemars(schema_with = "status_schema")]
    pub status: ConditionStatus,

    /// A word for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,

    /// A sentence for people: what is wrong, where, and the likely cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,

    /// When the status last changed from one value to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,

    /// When anything in this condition last changed; of `Synced`, also when it was last found for another generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_update_time: Option<Time>,
}

/// A condition's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It cannot be told.
    #[serde(other)]
    Unknown,
}

impl Condition {
    /// Type of the condition that says whether the Secret is what the SealedSecret stands for.
    pub const SYNCED: &'static str = "Synced";
    /// Type of the condition that kstatus (Flux) reads as "done".
    pub const READY: &'static str = "Ready";
    /// Type of the condition that kstatus reads as "failed, and waiting for a change".
    pub const STALLED: &'static str = "Stalled";
    /// Type of the condition that kstatus reads as "in progress".
    pub const RECONCILING: &'static str = "Reconciling";

    /// Type of the condition that says that a leaked key opens it; absent where none does.
    pub const COMPROMISED: &'static str = "Compromised";

    /// Whether both say the same, whenever they said it.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.type_, self.status, &self.reason, &self.message)
            == (&other.type_, other.status, &other.reason, &other.message)
    }
}

/// A plain string, as upstream's: a value added later must not make stored objects invalid.
fn status_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string" })
}
