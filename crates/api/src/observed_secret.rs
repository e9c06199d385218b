//! [`ObservedSecret`]: a Secret as the API server has it, whoever wrote it.

use crate::bounded::few_entries;
use crate::metadata::without_managed_fields;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A Secret less its `managedFields`, which may be nested too deep to be decoded. Prints as its name.
#[derive(Clone)]
pub struct ObservedSecret(pub Secret);

impl<'de> Deserialize<'de> for ObservedSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            #[serde(deserialize_with = "without_managed_fields")]
            metadata: ObjectMeta,
            #[serde(default, deserialize_with = "few_entries")]
            data: Option<BTreeMap<String, ByteString>>,
            immutable: Option<bool>,
            #[serde(rename = "type")]
            type_: Option<String>,
        }
        let Raw { metadata, data, immutable, type_ } = Raw::deserialize(deserializer)?;
        // `stringData` is only ever written.
        Ok(Self(Secret { metadata, data, immutable, type_, string_data: None }))
    }
}

impl fmt::Debug for ObservedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ObjectMeta { namespace, name, .. } = &self.0.metadata;
        f.debug_struct("ObservedSecret")
            .field("namespace", namespace)
            .field("name", name)
            .finish_non_exhaustive()
    }
}

impl Resource for ObservedSecret {
    type DynamicType = ();
    type Scope = <Secret as Resource>::Scope;

    fn kind((): &()) -> Cow<'_, str> {
        Secret::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        Secret::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        Secret::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        Secret::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.0.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.0.metadata
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_is_read_as_ever_and_prints_no_value() {
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": "a", "namespace": "ns", "labels": { "l": "m" } },
            "data": { "password": "aHVudGVyMg==" },
            "immutable": true,
            "type": "Opaque",
        });
        let read: ObservedSecret = serde_json::from_value(secret.clone()).unwrap();
        assert!(!format!("{read:?}").contains("104"), "{read:?}");
        assert_eq!(read.0, serde_json::from_value::<Secret>(secret).unwrap());
    }
}
