//! [`Contents`]: what is in an object for backups: its items, and the keys of those that are backups.

use crate::key_store::backup_object::item_keys::ItemKeys;
use api::sealing_key::BACKUP_OF;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::core::ObjectMeta;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An item, which may move to another name as it is.
pub(crate) struct Item {
    /// The field of the object that has it.
    pub field: &'static str,
    /// As the object has it: text, or base64.
    pub value: Value,
    /// In bytes, as the API server counts it.
    pub size: usize,
}

impl Item {
    pub(crate) fn bytes(field: &'static str, value: &[u8]) -> Self {
        Self { field, value: json!(BASE64_STANDARD.encode(value)), size: value.len() }
    }

    pub(crate) fn text(field: &'static str, value: &str) -> Self {
        Self { field, size: value.len(), value: json!(value) }
    }
}

/// What was read.
pub(crate) struct Contents {
    pub version: Option<String>,
    pub items: BTreeMap<String, Item>,
    pub keys: ItemKeys,
}

impl Contents {
    fn new(metadata: ObjectMeta, items: impl Iterator<Item = (String, Item)>) -> Self {
        let items: BTreeMap<String, Item> = items.collect();
        let annotation = metadata.annotations.and_then(|mut all| all.remove(BACKUP_OF)).unwrap_or_default();
        let mut keys = ItemKeys::parse(&annotation);
        // An item that is gone holds nothing.
        keys.0.retain(|item, _| items.contains_key(item));
        Self { version: metadata.resource_version, items, keys }
    }
}

impl From<Secret> for Contents {
    fn from(secret: Secret) -> Self {
        let data = secret.data.unwrap_or_default().into_iter();
        Self::new(secret.metadata, data.map(|(name, value)| (name, Item::bytes("data", &value.0))))
    }
}

impl From<ConfigMap> for Contents {
    fn from(map: ConfigMap) -> Self {
        let texts = map.data.unwrap_or_default().into_iter();
        let texts = texts.map(|(name, value)| (name, Item::text("data", &value)));
        let binary = map.binary_data.unwrap_or_default().into_iter();
        let binary = binary.map(|(name, value)| (name, Item::bytes("binaryData", &value.0)));
        Self::new(map.metadata, texts.chain(binary))
    }
}
