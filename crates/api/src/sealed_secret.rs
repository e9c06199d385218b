//! [`SealedSecret`]: the custom resource, as upstream defined it.

use crate::decode::{few_entries, without_managed_fields};
use crate::status::SealedSecretStatus;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::CustomResource;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// The Secret that a SealedSecret describes, with each value sealed.
#[derive(CustomResource, Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "bitnami.com",
    version = "v1alpha1",
    kind = "SealedSecret",
    plural = "sealedsecrets",
    singular = "sealedsecret",
    namespaced,
    status = "SealedSecretStatus",
    derive = "Default",
    derive = "PartialEq",
    doc = "A Secret that only the controller of its cluster can open, safe to keep in Git.",
    printcolumn = r#"{"name":"Status","type":"string","jsonPath":".status.conditions[0].message"}"#,
    printcolumn = r#"{"name":"Synced","type":"string","jsonPath":".status.conditions[0].status"}"#,
    printcolumn = r#"{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    // Shown by `-o wide` only.
    printcolumn = r#"{"name":"Key","type":"string","priority":1,"jsonPath":".status.unsealed.keys"}"#,
    printcolumn = r#"{"name":"Compromised","type":"string","priority":1,"jsonPath":".status.conditions[?(@.type==\"Compromised\")].status"}"#,
    printcolumn = r#"{"name":"Last Unsealed","type":"date","priority":1,"jsonPath":".status.unsealed.at"}"#
)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecretSpec {
    /// Everything of the Secret that is not sealed.
    #[serde(default, skip_serializing_if = "SecretTemplate::is_empty", deserialize_with = "null_is_default")]
    pub template: SecretTemplate,

    /// Deprecated: a whole Secret in one envelope (base64). New objects use `encryptedData`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "base64_schema")]
    pub data: Option<String>,

    /// The sealed values, by key: base64, one envelope each.
    #[serde(deserialize_with = "items")]
    #[schemars(schema_with = "encrypted_data_schema")]
    pub encrypted_data: BTreeMap<String, String>,
}

/// The plain parts of a Secret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretTemplate {
    /// Labels, annotations and the like of the Secret. Its name and namespace are always the SealedSecret's.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "template_metadata")]
    #[schemars(schema_with = "template_metadata_schema")]
    pub metadata: Option<ObjectMeta>,

    /// The Secret's type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "string_schema")]
    pub type_: Option<String>,

    /// Whether the Secret is immutable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "boolean_schema")]
    pub immutable: Option<bool>,

    /// Values to be rendered from the opened ones, as Go templates. `null` leaves the opened value of that name out of the
    /// Secret, while templates can still use it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "few_entries")]
    #[schemars(schema_with = "template_data_schema")]
    pub data: Option<BTreeMap<String, Option<String>>>,
}

impl SecretTemplate {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Go reads `null` where a struct or map belongs as its zero value, so manifests have it.
fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn items<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    Ok(few_entries(deserializer)?.unwrap_or_default())
}

fn template_metadata<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ObjectMeta>, D::Error> {
    #[derive(Deserialize)]
    struct Read(#[serde(deserialize_with = "without_managed_fields")] ObjectMeta);
    Ok(Option::<Read>::deserialize(deserializer)?.map(|read| read.0))
}

fn base64_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "byte" })
}

fn string_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string" })
}

fn boolean_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "boolean" })
}

/// As open as upstream's: the controller, not the schema, says what is wrong with an item.
fn encrypted_data_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "additionalProperties": { "type": "string" },
        "x-kubernetes-preserve-unknown-fields": true,
    })
}

fn template_data_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "nullable": true,
        "additionalProperties": { "type": "string", "nullable": true },
    })
}

fn template_metadata_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "nullable": true,
        "x-kubernetes-preserve-unknown-fields": true,
        "properties": {
            "name": { "type": "string" },
            "namespace": { "type": "string" },
            "labels": { "type": "object", "additionalProperties": { "type": "string" } },
            "annotations": { "type": "object", "additionalProperties": { "type": "string" } },
            "finalizers": { "type": "array", "items": { "type": "string" } },
        },
    })
}
