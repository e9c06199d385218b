//! `without_managed_fields`: an object's metadata, as far as anybody here reads it.
//!
//! Whoever may write an object may also write its `managedFields` by hand, nested as deep as the API server takes it, and that
//! is deeper than `serde_json` decodes. What is skipped has no depth: `serde_json` steps over it without descending.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference, Time};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// Decodes metadata and leaves its `managedFields` out.
pub(crate) fn without_managed_fields<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<ObjectMeta, D::Error> {
    /// All of [`ObjectMeta`] but that one, which is unknown here.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Rest {
        annotations: Option<BTreeMap<String, String>>,
        creation_timestamp: Option<Time>,
        deletion_grace_period_seconds: Option<i64>,
        deletion_timestamp: Option<Time>,
        finalizers: Option<Vec<String>>,
        generate_name: Option<String>,
        generation: Option<i64>,
        labels: Option<BTreeMap<String, String>>,
        name: Option<String>,
        namespace: Option<String>,
        owner_references: Option<Vec<OwnerReference>>,
        resource_version: Option<String>,
        self_link: Option<String>,
        uid: Option<String>,
    }
    let rest = Rest::deserialize(deserializer)?;
    Ok(ObjectMeta {
        annotations: rest.annotations,
        creation_timestamp: rest.creation_timestamp,
        deletion_grace_period_seconds: rest.deletion_grace_period_seconds,
        deletion_timestamp: rest.deletion_timestamp,
        finalizers: rest.finalizers,
        generate_name: rest.generate_name,
        generation: rest.generation,
        labels: rest.labels,
        managed_fields: None,
        name: rest.name,
        namespace: rest.namespace,
        owner_references: rest.owner_references,
        resource_version: rest.resource_version,
        self_link: rest.self_link,
        uid: rest.uid,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn everything_else_is_kept() {
        let time = "2024-01-02T03:04:05Z";
        let owner = json!({ "apiVersion": "v1", "kind": "K", "name": "o", "uid": "u", "controller": true });
        let mut metadata = json!({
            "annotations": { "a": "b" },
            "creationTimestamp": time,
            "deletionGracePeriodSeconds": 3,
            "deletionTimestamp": time,
            "finalizers": ["f"],
            "generateName": "n-",
            "generation": 4,
            "labels": { "l": "m" },
            "managedFields": [{ "manager": "m", "fieldsV1": {} }],
            "name": "n-1",
            "namespace": "ns",
            "ownerReferences": [owner],
            "resourceVersion": "5",
            "selfLink": "/here",
            "uid": "v",
        });
        let read = without_managed_fields(metadata.clone()).unwrap();
        metadata.as_object_mut().unwrap().remove("managedFields");
        // Through JSON, so that a field that ObjectMeta writes and the test has not named would show.
        assert_eq!(read, ObjectMeta::deserialize(&metadata).unwrap());
        assert_eq!(serde_json::to_value(read).unwrap(), metadata);
    }

    #[test]
    fn null_is_nothing_as_ever() {
        let metadata = json!({ "name": "a", "labels": null, "creationTimestamp": null, "new": 1 });
        let read = without_managed_fields(metadata.clone()).unwrap();
        assert_eq!(read, ObjectMeta::deserialize(metadata).unwrap());
    }
}
