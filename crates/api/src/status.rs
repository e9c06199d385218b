//! [`SealedSecretStatus`]: what the controller says about a SealedSecret.

use crate::condition::{Condition, ConditionStatus, time_schema};
use crate::scope::Scope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
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

    /// The conditions. `Synced` is always the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,

    /// The Secret as the controller last wrote it; absent while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetStatus>,

    /// Fingerprints of the sealing keys that opened it when it was last unsealed. Empty if there was nothing to open, and absent before
    /// it was unsealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "fingerprints_schema")]
    pub opened_by: Option<BTreeSet<String>>,

    /// When it was last unsealed, for users; absent if an earlier version of the controller did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsealed: Option<LastUnsealed>,

    /// Fingerprints of the leaked sealing keys among those that open it; absent if there is none. They stay when the Secrets of those
    /// keys are deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "fingerprints_schema")]
    pub compromised_by: Option<BTreeSet<String>>,
}

/// What a later reconcile compares, to see without opening anything that the Secret is as the controller last wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetStatus {
    /// The Secret's resourceVersion.
    pub resource_version: String,

    /// The scope under which it was unsealed. It is an annotation, so a change of it does not change the generation.
    pub scope: String,

    /// SHA-256 of the annotation for the recipients with which it was unsealed, in hex; absent if there was none. A change of an annotation does
    /// not change the generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "digest_schema")]
    pub recipients: Option<String>,

    /// The generation that it was unsealed from. It stays when a later generation fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "generation_schema")]
    pub generation: Option<i64>,
}

/// What `kubectl get --output wide` shows of the last time that the Secret was written, or found to be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastUnsealed {
    /// When.
    #[schemars(schema_with = "time_schema")]
    pub at: Time,

    /// The first 12 digits of the fingerprints of the sealing keys that opened it, separated by commas.
    pub keys: String,
}

impl LastUnsealed {
    /// Unsealed now, with the keys that have these fingerprints.
    pub fn now(at: Time, keys: &BTreeSet<String>) -> Self {
        let short = keys.iter().map(|key| key.get(..12).unwrap_or(key));
        Self { at, keys: short.collect::<Vec<_>>().join(",") }
    }
}

impl TargetStatus {
    /// Whether it was unsealed under this scope, and with the annotation for the recipients of this digest.
    #[must_use]
    pub fn is_for(&self, scope: Scope, recipients: Option<&str>) -> bool {
        self.scope == scope.as_str() && self.recipients.as_deref() == recipients
    }
}

impl SealedSecretStatus {
    /// The condition of a type, if there is one.
    pub fn condition(&self, type_: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.type_ == type_)
    }

    /// Whether this status says that the sealing key with this fingerprint leaked.
    ///
    /// If there is no field, the message of the condition says it: an earlier version wrote the status, or the CustomResourceDefinition
    /// in the cluster drops the field. A long message is cut, and may name only some of the keys.
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

fn digest_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string" })
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
