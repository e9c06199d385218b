//! [`SealedSecretStatus`]: what the controller says about a SealedSecret.

use crate::condition::{Condition, ConditionStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most recently observed state of a SealedSecret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecretStatus {
    /// The generation that this status speaks of.
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
    #[schemars(schema_with = "fingerprints_schema")]
    pub opened_by: Option<BTreeSet<String>>,

    /// Fingerprints of the sealing keys that leaked, of those that open it; absent where none did. It outlives the Secrets of
    /// those keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "fingerprints_schema")]
    pub compromised_by: Option<BTreeSet<String>>,
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

    /// Whether it says that the sealing key with this fingerprint leaked.
    ///
    /// By the message of the condition where there is no field: the status was written by an earlier version, or the
    /// CustomResourceDefinition in the cluster drops the field. A long message is cut, so that it may name only some of them.
    pub fn says_leaked(&self, fingerprint: &str) -> bool {
        if let Some(keys) = &self.compromised_by {
            return keys.contains(fingerprint);
        }
        let condition = self.condition(Condition::COMPROMISED);
        condition
            .filter(|condition| condition.status == ConditionStatus::True)
            .and_then(|condition| condition.message.as_ref())
            .is_some_and(|message| message.contains(fingerprint))
    }
}

/// Not `uniqueItems`, which a CRD may not have.
fn fingerprints_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "array", "items": { "type": "string" } })
}

fn generation_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "integer", "format": "int64" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_leak_is_read_from_the_field_and_else_from_the_message() {
        let status = |message: &str, compromised_by: Option<&[&str]>| -> SealedSecretStatus {
            let mut status = json!({
                "conditions": [{ "type": "Compromised", "status": "True", "message": message }],
            });
            if let Some(keys) = compromised_by {
                status["compromisedBy"] = json!(keys);
            }
            serde_json::from_value(status).unwrap()
        };
        for (name, status, expected) in [
            ("the message was cut before it", status("leaked: aa…", Some(&["aa", "bb"])), true),
            ("the field names another", status("leaked: bb", Some(&["aa"])), false),
            ("written before there was the field", status("leaked: bb", None), true),
            ("neither", status("leaked: aa", None), false),
        ] {
            assert_eq!(status.says_leaked("bb"), expected, "{name}");
        }
        assert!(!SealedSecretStatus::default().says_leaked("bb"));
    }
}
