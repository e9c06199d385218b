//! [`ContentTrace`]: what the metadata of a Secret shows of its content, and [`WantedTrace`]: what a SealedSecret says of it. Hashes, a few
//! bytes of each object, by which a watch sees that a change did not concern the content.

use super::managed_fields::OwnedFields;
use super::raw::{Names, each_entry, hash, short};
use crate::annotations::UNSEALED_FROM;
use k8s_openapi::jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use std::time::Instant;

/// Annotations and labels with this in their names are Sealed Secrets' own: each of them counts.
const OWN_DOMAIN: &str = "sealedsecrets.bitnami.com/";

/// A Secret with more labels and annotations than this has no trace.
const MOST_PAIRS: usize = 64;

/// What the metadata of a Secret shows of everything that a SealedSecret may set.
///
/// The API server notes in `managedFields` which client wrote which field, and when. A write of data, type or `immutable` leaves an entry
/// with the time of that write, or removes the field from the entries that had it. A write that changes labels, annotations or nothing
/// does neither. What that does not show:
///
/// - The API server notes fields before webhooks and policies change what is written. What one of those changes in the value of an item, in
///   a request that does not concern the content, leaves no trace.
/// - Times are in seconds: two writes of one client in the same second look alike.
/// - The owner of an item may be removed from `managedFields` by a client that writes them itself, and then the item without a trace. So
///   [`has`](Self::has) asks that each item has an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentTrace {
    /// Of what has to stay exactly as it is: who wrote what is not metadata and when, UID, owners, deletion, Sealed Secrets' own labels and
    /// annotations.
    exact: [u8; 16],
    /// Of the names of the data items that have an owner.
    items: u64,
    /// Of each label and annotation; sorted.
    pairs: Box<[u64]>,
    /// When its content was last written, as far as it is known.
    pub written: Timestamp,
    /// Since which version of the Secret the trace is the same. The watch's reader sets it.
    pub same_since: Option<u64>,
    /// When the watch last showed a new version of the Secret with this trace. The watch's reader sets it.
    pub touched: Option<Instant>,
}

/// Metadata as received, from which the trace is made.
pub(crate) struct Parts<'a> {
    pub uid: Option<&'a str>,
    pub is_being_deleted: bool,
    pub owners: Option<&'a RawValue>,
    pub labels: Option<&'a RawValue>,
    pub annotations: Option<&'a RawValue>,
}

impl ContentTrace {
    /// None if `managedFields` do not say who wrote the content, if there are too many labels and annotations, or if nothing shows that it
    /// is a SealedSecret's: there may be many other Secrets.
    pub(crate) fn of(parts: &Parts<'_>, owned: &OwnedFields) -> Option<Self> {
        let mut digest = Sha256::new();
        let owners = parts.owners.map_or("null", RawValue::get);
        let is_being_deleted = if parts.is_being_deleted { "deleted" } else { "" };
        digest.update(hash(&[parts.uid.unwrap_or_default(), owners, is_being_deleted]));
        digest.update(owned.digest);
        let (mut pairs, mut is_ours) = (Vec::new(), owners.contains("\"SealedSecret\""));
        for (kind, entries) in [("label", parts.labels), ("annotation", parts.annotations)] {
            each_entry(entries.unwrap_or(RawValue::NULL), |name, value| {
                if name.contains(OWN_DOMAIN) {
                    is_ours = true;
                    digest.update(hash(&[kind, name, value.get()]));
                }
                if pairs.len() <= MOST_PAIRS {
                    pairs.extend(pair(kind, name, value));
                }
            });
        }
        if pairs.len() > MOST_PAIRS || !is_ours {
            return None;
        }
        pairs.sort_unstable();
        let mut exact = [0; 16];
        exact.copy_from_slice(&digest.finalize()[..16]);
        let (items, pairs) = (owned.items.hash()?, pairs.into());
        let written = owned.newest.parse().ok()?;
        Some(Self { exact, items, pairs, written, same_since: None, touched: None })
    }

    /// Whether nothing of the content has changed since `earlier`, apart from labels and annotations.
    #[must_use]
    pub fn is_same(&self, earlier: &Self) -> bool {
        self.exact == earlier.exact
    }

    /// Whether the Secret has the items and all labels and annotations that a SealedSecret sets, as far as is known.
    #[must_use]
    pub fn has(&self, wanted: &WantedTrace) -> bool {
        let has = |pair| self.pairs.binary_search(pair).is_ok();
        self.items == wanted.items && wanted.pairs.iter().all(has)
    }
}

/// What a spec says of the content of its Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedTrace {
    items: u64,
    pairs: Box<[u64]>,
}

impl WantedTrace {
    /// None where the spec does not say it: in the deprecated form, and where it has not the shape of a spec.
    pub(crate) fn of(spec: &RawValue) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Spec<'a> {
            #[serde(borrow, default)]
            encrypted_data: Option<&'a RawValue>,
            #[serde(borrow, default)]
            data: Option<&'a RawValue>,
            #[serde(borrow, default)]
            template: Option<Template<'a>>,
        }
        #[derive(Deserialize, Default)]
        struct Template<'a> {
            #[serde(borrow, default)]
            data: Option<&'a RawValue>,
            #[serde(borrow, default)]
            metadata: Option<Metadata<'a>>,
        }
        #[derive(Deserialize, Default)]
        struct Metadata<'a> {
            #[serde(borrow, default)]
            labels: Option<&'a RawValue>,
            #[serde(borrow, default)]
            annotations: Option<&'a RawValue>,
        }
        let spec: Spec<'_> = serde_json::from_str(spec.get()).ok()?;
        if spec.data.is_some() {
            return None;
        }
        let (template, mut items, mut left_out) =
            (spec.template.unwrap_or_default(), Names::default(), Names::default());
        each_entry(spec.encrypted_data?, |name, _| items.insert(name));
        each_entry(template.data.unwrap_or(RawValue::NULL), |name, text| {
            let names = if text.get() == "null" { &mut left_out } else { &mut items };
            names.insert(name);
        });
        items.remove_all(&left_out);
        let (metadata, mut pairs) = (template.metadata.unwrap_or_default(), Vec::new());
        for (kind, entries) in [("label", metadata.labels), ("annotation", metadata.annotations)] {
            each_entry(entries.unwrap_or(RawValue::NULL), |name, value| {
                if name != UNSEALED_FROM && pairs.len() <= MOST_PAIRS {
                    pairs.extend(pair(kind, name, value));
                }
            });
        }
        let items = items.hash().filter(|_| pairs.len() <= MOST_PAIRS)?;
        Some(Self { items, pairs: pairs.into() })
    }
}

/// A label or annotation. Its value is decoded, because one text has several forms in JSON.
fn pair(kind: &str, name: &str, value: &RawValue) -> Option<u64> {
    let value: String = serde_json::from_str(value.get()).ok()?;
    Some(short(hash(&[kind, name, &value])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ObservedMetadata, WatchedSealedSecret};
    use k8s_openapi::api::core::v1::Secret;
    use serde_json::{Value, json};

    const OWN: &str = "sealed-secrets-controller";

    fn secret(change: &Value) -> Option<ContentTrace> {
        let fields = json!({ "f:data": { ".": {}, "f:a": {}, "f:b": {} }, "f:type": {} });
        let mut metadata = json!({
            "name": "s", "uid": "u", "resourceVersion": "7",
            "labels": { "app": "shop", "theirs": "1" }, "annotations": { "note": "n" },
            "ownerReferences": [{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "s", "uid": "v", "controller": true }],
            "managedFields": [{ "manager": OWN, "operation": "Update", "apiVersion": "v1", "time": "2026-01-02T03:04:05Z", "fieldsV1": fields }],
        });
        metadata.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let read: ObservedMetadata<Secret> = serde_json::from_value(json!({ "metadata": metadata })).unwrap();
        read.trace.map(|trace| *trace)
    }

    #[test]
    fn a_touch_keeps_the_trace_and_anything_else_changes_it() {
        let before = secret(&json!({})).unwrap();
        assert_eq!(before.written.to_string(), "2026-01-02T03:04:05Z");
        let entry = |manager: &str, fields: Value| json!({ "manager": manager, "time": "2026-02-02T03:04:05Z", "fieldsV1": fields });
        for (name, change, is_same) in [
            ("another version", json!({ "resourceVersion": "8" }), true),
            ("a label", json!({ "labels": { "argocd.argoproj.io/instance": "shop" } }), true),
            ("a finalizer", json!({ "finalizers": ["f"] }), true),
            ("created again", json!({ "uid": "w" }), false),
            ("being deleted", json!({ "deletionTimestamp": "2026-01-02T03:04:05Z" }), false),
            (
                "no owner",
                json!({ "ownerReferences": null, "annotations": { "sealedsecrets.bitnami.com/managed": "true" } }),
                false,
            ),
            (
                "an annotation of ours",
                json!({ "annotations": { "sealedsecrets.bitnami.com/managed": "true" } }),
                false,
            ),
            (
                "written",
                json!({ "managedFields": [entry("x", json!({ "f:data": { "f:a": {}, "f:b": {} } }))] }),
                false,
            ),
        ] {
            assert_eq!(secret(&change).unwrap().is_same(&before), is_same, "{name}");
        }
        let many: Value = (0..=MOST_PAIRS).map(|number| (number.to_string(), json!(""))).collect();
        for (name, change) in [
            ("stripped", json!({ "managedFields": [] })),
            (
                "only metadata has an owner",
                json!({ "managedFields": [entry(OWN, json!({ "f:metadata": {} }))] }),
            ),
            ("no SealedSecret's", json!({ "ownerReferences": [] })),
            ("too many labels", json!({ "labels": many })),
            ("no time", json!({ "managedFields": [{ "manager": "x", "fieldsV1": { "f:data": {} } }] })),
        ] {
            assert_eq!(secret(&change), None, "{name}");
        }
    }

    #[test]
    fn the_secret_has_what_the_spec_says() {
        let spec = json!({ "encryptedData": { "a": "AgA=" }, "template": { "data": { "b": "text" }, "metadata": { "labels": { "app": "shop" } } } });
        let changed = |pointer: &str, value: Value| {
            let mut spec = spec.clone();
            *spec.pointer_mut(pointer).unwrap() = value;
            spec
        };
        let kept = secret(&json!({})).unwrap();
        for (name, spec, expected) in [
            ("all", spec.clone(), Some(true)),
            ("another label", changed("/template/metadata/labels", json!({ "app": "other" })), Some(false)),
            (
                "one more",
                changed(
                    "/template/metadata",
                    json!({ "labels": { "app": "shop" }, "annotations": { "x": "" } }),
                ),
                Some(false),
            ),
            (
                "with an annotation",
                changed("/template/metadata", json!({ "annotations": { "note": "n", UNSEALED_FROM: "x" } })),
                Some(true),
            ),
            (
                "a label is no annotation",
                changed("/template/metadata", json!({ "annotations": { "app": "shop" } })),
                Some(false),
            ),
            ("no metadata", changed("/template/metadata", json!(null)), Some(true)),
            (
                "an item without an owner",
                changed("/encryptedData", json!({ "a": "AgA=", "c": "AgA=" })),
                Some(false),
            ),
            ("an item less", changed("/template/data", json!({})), Some(false)),
            (
                "left out",
                changed("/encryptedData", json!({ "a": "AgA=", "b": "AgA=", "c": "AgA=" })),
                Some(false),
            ),
            (
                "left out by null",
                json!({ "encryptedData": { "a": "", "b": "", "c": "" }, "template": { "data": { "c": null } } }),
                Some(true),
            ),
            ("the deprecated form", json!({ "encryptedData": {}, "data": "AgA=" }), None),
            ("no spec", json!(null), None),
        ] {
            let sealed: WatchedSealedSecret =
                serde_json::from_value(json!({ "metadata": { "name": "s" }, "spec": spec })).unwrap();
            assert_eq!(sealed.wanted.map(|wanted| kept.has(&wanted)), expected, "{name}");
        }
    }
}
