//! [`BackupObject`]: a Secret or ConfigMap in the controller's namespace that holds an encrypted backup, for tools that copy such objects
//! elsewhere.
//!
//! Decided: the object must exist, because the right to create Secrets in a namespace is the right to get a token of any of its service
//! accounts.

pub(crate) mod contents;
pub(crate) mod item_keys;
pub(crate) mod old_backup;
pub(crate) mod replacement;

use crate::key_store::KeyStore;
use crate::key_store::backup_object::contents::{Contents, Item};
use crate::key_store::error::{KeyStoreError, Operation};
use crate::manifest::names::is_object_name;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{Patch, PatchParams};
use kube::{Api, Resource};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::{self, Debug};
use std::str::FromStr;

/// The object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackupObject {
    kind: Kind,
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Secret,
    ConfigMap,
}

impl FromStr for BackupObject {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const RULE: &str = "an object is written as secret/NAME or configmap/NAME";
        let (kind, name) = text.split_once('/').ok_or(RULE)?;
        let kind = match kind.to_ascii_lowercase().as_str() {
            "secret" => Kind::Secret,
            "configmap" => Kind::ConfigMap,
            _ => return Err(RULE),
        };
        if is_object_name(name) { Ok(Self { kind, name: name.to_owned() }) } else { Err(RULE) }
    }
}

/// As the flag writes it, which kubectl reads too.
impl fmt::Display for BackupObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", if self.kind == Kind::Secret { "secret" } else { "configmap" }, self.name)
    }
}

impl BackupObject {
    /// What is in it.
    pub(crate) fn read(&self, store: &KeyStore) -> Result<Contents, KeyStoreError> {
        match self.kind {
            Kind::Secret => self.get::<Secret>(store).map(Contents::from),
            Kind::ConfigMap => self.get::<ConfigMap>(store).map(Contents::from),
        }
    }

    /// An encrypted backup, which is armoured text, as an item of this kind.
    pub(crate) fn item(&self, backup: &[u8]) -> Item {
        match self.kind {
            Kind::Secret => Item::bytes("data", backup),
            Kind::ConfigMap => Item::text("data", &String::from_utf8_lossy(backup)),
        }
    }

    /// Sends a merge patch.
    pub(crate) fn patch(&self, store: &KeyStore, patch: Value) -> Result<(), KeyStoreError> {
        match self.kind {
            Kind::Secret => self.send::<Secret>(store, patch),
            Kind::ConfigMap => self.send::<ConfigMap>(store, patch),
        }
    }

    fn get<K: Object>(&self, store: &KeyStore) -> Result<K, KeyStoreError> {
        let found = store
            .session()
            .request(async |client| Api::<K>::namespaced(client, store.namespace()).get(&self.name).await);
        found.map_err(|error| store.failed(Operation::ReadObject(self.to_string()), error))
    }

    fn send<K: Object>(&self, store: &KeyStore, patch: Value) -> Result<(), KeyStoreError> {
        let patch = Patch::Merge(patch);
        let patched = store.session().request(async |client| {
            let objects = Api::<K>::namespaced(client, store.namespace());
            objects.patch_metadata(&self.name, &PatchParams::default(), &patch).await
        });
        patched.map(drop).map_err(|error| store.failed(Operation::WriteObject(self.to_string()), error))
    }
}

/// A namespaced kind.
trait Object:
    Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + Debug + DeserializeOwned
{
}

impl Object for Secret {}
impl Object for ConfigMap {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_kubectl_writes_it() {
        for (text, shown) in
            [("secret/keys-backup", "secret/keys-backup"), ("ConfigMap/a.b", "configmap/a.b")]
        {
            assert_eq!(text.parse::<BackupObject>().map(|object| object.to_string()).as_deref(), Ok(shown));
        }
        for text in ["keys", "secret/", "secret/a/b", "pod/a", "secret/..", "secret/A"] {
            assert!(text.parse::<BackupObject>().is_err(), "{text}");
        }
    }
}
