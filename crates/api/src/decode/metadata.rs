//! An object's metadata, as far as it is read here: [`without_managed_fields`] for Secrets that are read whole,
//! [`SealedSecretMetadata`] for SealedSecrets, and [`WatchedMetadata`] for objects of which only the metadata is requested.
//!
//! A user who may write an object may also write its `managedFields`, nested as deep as the API server takes them, which is deeper than
//! `serde_json` decodes. `serde_json` skips a field without descending into it, so that a skipped field may have any depth. It takes no
//! memory either: a hundred thousand labels of one byte each would take ten times their own size.

use super::bounded::{Few, LONGEST_CHOSEN, TooManyEntries, entries_if, first_entries, first_items, items_if};
use super::content_trace::{ContentTrace, Parts};
use super::managed_fields::ManagedFields;
use crate::annotations;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference, Time};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The label of SealedSecrets that metrics show.
pub const INSTANCE_LABEL: &str = "app.kubernetes.io/instance";

/// Decodes metadata and leaves its `managedFields` out. Too many labels or the like are an error.
pub(crate) fn without_managed_fields<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<ObjectMeta, D::Error> {
    Ok(Rest::<true>::deserialize(deserializer)?.cut().0)
}

/// Decodes metadata and leaves its `managedFields` out. Of too many labels or the like, the first are kept, and the field is named.
pub(crate) fn cut_metadata<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<(ObjectMeta, Option<TooManyEntries>), D::Error> {
    Ok(Rest::<false>::deserialize(deserializer)?.cut())
}

/// All of [`ObjectMeta`] but `managedFields`, which is unknown here. Too many labels or the like are an error if it is `STRICT`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rest<const STRICT: bool> {
    #[serde(default, deserialize_with = "first_entries::<STRICT, _, _>")]
    annotations: Few<BTreeMap<String, String>>,
    creation_timestamp: Option<Time>,
    deletion_grace_period_seconds: Option<i64>,
    deletion_timestamp: Option<Time>,
    #[serde(default, deserialize_with = "first_items::<STRICT, _, _>")]
    finalizers: Few<Vec<String>>,
    generate_name: Option<String>,
    generation: Option<i64>,
    #[serde(default, deserialize_with = "first_entries::<STRICT, _, _>")]
    labels: Few<BTreeMap<String, String>>,
    name: Option<String>,
    namespace: Option<String>,
    #[serde(default, deserialize_with = "first_items::<STRICT, _, _>")]
    owner_references: Few<Vec<OwnerReference>>,
    resource_version: Option<String>,
    self_link: Option<String>,
    uid: Option<String>,
}

impl<const STRICT: bool> Rest<STRICT> {
    /// The metadata, and the first field of which only a part was kept.
    fn cut(self) -> (ObjectMeta, Option<TooManyEntries>) {
        let fields = [
            ("metadata.labels", self.labels.is_cut),
            ("metadata.annotations", self.annotations.is_cut),
            ("metadata.finalizers", self.finalizers.is_cut),
            ("metadata.ownerReferences", self.owner_references.is_cut),
        ];
        let cut = fields.into_iter().find(|(_, is_cut)| *is_cut).map(|(field, _)| TooManyEntries { field });
        let metadata = ObjectMeta {
            annotations: self.annotations.kept,
            creation_timestamp: self.creation_timestamp,
            deletion_grace_period_seconds: self.deletion_grace_period_seconds,
            deletion_timestamp: self.deletion_timestamp,
            finalizers: self.finalizers.kept,
            generate_name: self.generate_name,
            generation: self.generation,
            labels: self.labels.kept,
            managed_fields: None,
            name: self.name,
            namespace: self.namespace,
            owner_references: self.owner_references.kept,
            resource_version: self.resource_version,
            self_link: self.self_link,
            uid: self.uid,
        };
        (metadata, cut)
    }
}

/// The metadata of a SealedSecret: name, namespace, dates, the annotations that are read, and the label that metrics show. Other
/// annotations are left out, because they may be many, and `kubectl apply` keeps a copy of the whole object in one. So is a value that
/// is too long to mean anything.
#[derive(Debug, Clone, PartialEq)]
pub struct SealedSecretMetadata(pub ObjectMeta);

impl<'de> Deserialize<'de> for SealedSecretMetadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Shown {
            #[serde(default, deserialize_with = "own_annotations")]
            annotations: Option<BTreeMap<String, String>>,
            creation_timestamp: Option<Time>,
            deletion_timestamp: Option<Time>,
            generation: Option<i64>,
            #[serde(default, deserialize_with = "instance_label")]
            labels: Option<BTreeMap<String, String>>,
            name: Option<String>,
            namespace: Option<String>,
            resource_version: Option<String>,
            uid: Option<String>,
        }
        let shown = Shown::deserialize(deserializer)?;
        Ok(Self(ObjectMeta {
            annotations: shown.annotations,
            creation_timestamp: shown.creation_timestamp,
            deletion_timestamp: shown.deletion_timestamp,
            generation: shown.generation,
            labels: shown.labels,
            name: shown.name,
            namespace: shown.namespace,
            resource_version: shown.resource_version,
            uid: shown.uid,
            ..ObjectMeta::default()
        }))
    }
}

fn own_annotations<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    let is_read = |name: &str| annotations::OF_SEALED_SECRETS.contains(&name);
    entries_if(deserializer, is_read, |name| match name {
        annotations::RECIPIENTS => usize::MAX,
        annotations::ITEM_CERTIFICATES => annotations::LONGEST_ITEM_CERTIFICATES,
        _ => LONGEST_CHOSEN,
    })
}

fn instance_label<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    entries_if(deserializer, |name| name == INSTANCE_LABEL, |_| LONGEST_CHOSEN)
}

/// The metadata of an object of which only the metadata is needed: name, namespace, dates, the owner that controls it, who wrote it
/// last, and a trace of its content.
pub(crate) struct WatchedMetadata {
    pub metadata: ObjectMeta,
    pub editor: Option<String>,
    pub trace: Option<ContentTrace>,
}

impl<'de> Deserialize<'de> for WatchedMetadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Shown {
            annotations: Option<Box<RawValue>>,
            creation_timestamp: Option<Time>,
            deletion_timestamp: Option<Time>,
            generation: Option<i64>,
            labels: Option<Box<RawValue>>,
            #[serde(default)]
            managed_fields: ManagedFields,
            name: Option<String>,
            namespace: Option<String>,
            owner_references: Option<Box<RawValue>>,
            resource_version: Option<String>,
            uid: Option<String>,
        }
        let shown = Shown::deserialize(deserializer)?;
        let ManagedFields { editor, owned } = shown.managed_fields;
        let owners = shown.owner_references.as_deref();
        let trace = owned.and_then(|owned| {
            let parts = Parts {
                uid: shown.uid.as_deref(),
                is_being_deleted: shown.deletion_timestamp.is_some(),
                owners,
                labels: shown.labels.as_deref(),
                annotations: shown.annotations.as_deref(),
            };
            ContentTrace::of(&parts, &owned)
        });
        let metadata = ObjectMeta {
            creation_timestamp: shown.creation_timestamp,
            deletion_timestamp: shown.deletion_timestamp,
            generation: shown.generation,
            name: shown.name,
            namespace: shown.namespace,
            owner_references: owners.map(controllers).transpose().map_err(D::Error::custom)?.flatten(),
            resource_version: shown.resource_version,
            uid: shown.uid,
            ..ObjectMeta::default()
        };
        Ok(Self { metadata, editor, trace })
    }
}

/// Of the owners, the one that controls the object.
fn controllers(owners: &RawValue) -> Result<Option<Vec<OwnerReference>>, serde_json::Error> {
    let owners = &mut serde_json::Deserializer::from_str(owners.get());
    items_if(owners, |owner: &OwnerReference| owner.controller == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn everything_else_stays() {
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
    fn of_a_sealed_secret_the_fields_that_are_read_are_decoded() {
        let metadata = json!({
            "annotations": { "sealedsecrets.bitnami.com/cluster-wide": "true",
                             "sealedsecrets.bitnami.com/certificate-fingerprint": "f".repeat(10_000),
                             "sealedsecrets.bitnami.com/item-certificates": "i".repeat(4096),
                             "sealedsecrets.bitnami.com/recipients": "r".repeat(10_000),
                             "sealedsecrets.bitnami.com/other": "o",
                             "kubectl.kubernetes.io/last-applied-configuration": "{}" },
            "labels": { "app.kubernetes.io/instance": "i", "other": "o" },
            "name": "a", "namespace": "ns", "generation": 4, "uid": "u", "resourceVersion": "5",
            "creationTimestamp": "2024-01-02T03:04:05Z", "finalizers": ["f"],
        });
        let SealedSecretMetadata(read) = serde_json::from_value(metadata.clone()).unwrap();
        let mut expected = metadata;
        expected["annotations"] = json!({ "sealedsecrets.bitnami.com/cluster-wide": "true",
                                          "sealedsecrets.bitnami.com/item-certificates": "i".repeat(4096),
                                          "sealedsecrets.bitnami.com/recipients": "r".repeat(10_000) });
        expected["labels"] = json!({ "app.kubernetes.io/instance": "i" });
        expected.as_object_mut().unwrap().remove("finalizers");
        assert_eq!(serde_json::to_value(read).unwrap(), expected);
    }

    #[test]
    fn of_a_watched_object_its_controller_and_its_last_editor_are_decoded() {
        let owner = |name: &str, controller: bool| json!({ "apiVersion": "v1", "kind": "K", "name": name, "uid": "u", "controller": controller });
        let metadata = json!({ "name": "a", "labels": { "l": "m" }, "annotations": { "a": "b" },
                               "managedFields": [{ "manager": "m", "fieldsV1": { "f:data": {} } }],
                               "ownerReferences": [owner("first", false), owner("second", true)] });
        let read: WatchedMetadata = serde_json::from_value(metadata).unwrap();
        assert_eq!(read.editor.as_deref(), Some("m"));
        assert_eq!(
            serde_json::to_value(read.metadata).unwrap(),
            json!({ "name": "a", "ownerReferences": [owner("second", true)] })
        );
    }

    #[test]
    fn null_is_nothing_as_ever() {
        let metadata = json!({ "name": "a", "labels": null, "creationTimestamp": null, "new": 1 });
        let read = without_managed_fields(metadata.clone()).unwrap();
        assert_eq!(read, ObjectMeta::deserialize(metadata).unwrap());
    }
}
