//! [`SealedSecretStatus`]: what the controller says about a SealedSecret.

use crate::condition::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most recently observed state of a SealedSecret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecretStatus {
    /// The generation that this status speaks of; -1 before the controller has seen the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "generation_schema")]
    pub observed_generation: Option<i64>,

    /// What holds and what does not; `Synced` is always the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,

    /// The Secret as it was last left; absent while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetStatus>,

    /// Fingerprints of the sealing keys that opened it when it last was unsealed; none in it where there was nothing to
    /// open, and absent before anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "opened_by_schema")]
    pub opened_by: Option<BTreeSet<String>>,
}

/// What a later look needs, to see without opening anything that a Secret is still as it was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetStatus {
    /// The Secret's resourceVersion.
    pub resource_version: String,

    /// The scope under which it was unsealed: an annotation, so that the generation does not tell of its change.
    pub scope: String,

    /// The generation that it was unsealed from; it outlives later failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "generation_schema")]
    pub generation: Option<i64>,
}

impl SealedSecretStatus {
    /// The condition of a type, if there is one.
    pub fn condition(&self, type_: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.type_ == type_)
    }
}

/// Not `uniqueItems`, which a CRD may not have.
fn opened_by_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "array", "items": { "type": "string" } })
}

fn generation_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "integer", "format": "int64" })
}
