//! [`ObservedSecret`]: a Secret as the API server has it, as any client may have written it.
//!
//! A list or watch that decoded strictly would fail at the first Secret with too many entries, and no other Secret would be seen. Here
//! too many entries are a fact about their Secret.

use super::served_as::served_as;
use crate::decode::{Few, TooManyEntries, cut_metadata, first_entries};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;

/// A Secret without its `managedFields`, which may be nested too deep to be decoded. Its `Debug` shows the name alone.
#[derive(Clone)]
pub enum ObservedSecret {
    /// All of it.
    Whole(Secret),
    /// A part of it: one of its fields has too many entries, and only the first of them were decoded.
    Cut(Secret, TooManyEntries),
}

impl ObservedSecret {
    /// The Secret, of which a part may be missing.
    pub fn known(&self) -> &Secret {
        let (Self::Whole(secret) | Self::Cut(secret, _)) = self;
        secret
    }

    /// The Secret, of which a part may be missing, taken out.
    pub fn into_known(self) -> Secret {
        let (Self::Whole(secret) | Self::Cut(secret, _)) = self;
        secret
    }

    /// The Secret, of which a part may be missing, to be changed or wiped.
    pub fn known_mut(&mut self) -> &mut Secret {
        let (Self::Whole(secret) | Self::Cut(secret, _)) = self;
        secret
    }
}

impl From<Secret> for ObservedSecret {
    fn from(secret: Secret) -> Self {
        Self::Whole(secret)
    }
}

impl<'de> Deserialize<'de> for ObservedSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            #[serde(deserialize_with = "cut_metadata")]
            metadata: (ObjectMeta, Option<TooManyEntries>),
            #[serde(default, deserialize_with = "first_entries::<false, _, _>")]
            data: Few<BTreeMap<String, ByteString>>,
            immutable: Option<bool>,
            #[serde(rename = "type")]
            type_: Option<String>,
        }
        let Raw { metadata: (metadata, cut), data, immutable, type_ } = Raw::deserialize(deserializer)?;
        let cut = cut.or_else(|| data.is_cut.then_some(TooManyEntries { field: "data" }));
        // `stringData` is only ever written.
        let secret = Secret { metadata, data: data.kept, immutable, type_, string_data: None };
        Ok(match cut {
            None => Self::Whole(secret),
            Some(cut) => Self::Cut(secret, cut),
        })
    }
}

impl fmt::Debug for ObservedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ObjectMeta { namespace, name, .. } = &self.known().metadata;
        f.debug_struct("ObservedSecret")
            .field("namespace", namespace)
            .field("name", name)
            .finish_non_exhaustive()
    }
}

served_as!(ObservedSecret, Secret, |object| object.known().metadata, object.known_mut().metadata);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::MOST;
    use serde_json::{Value, json};

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
        let ObservedSecret::Whole(read) = read else { panic!("a part of it") };
        assert_eq!(read, serde_json::from_value::<Secret>(secret).unwrap());
    }

    #[test]
    fn too_many_entries_are_a_fact_about_their_secret() {
        let entries = |count: usize| -> serde_json::Map<String, Value> {
            (0..count).map(|number| (number.to_string(), json!(""))).collect()
        };
        let list = |count: usize| vec![json!("a"); count];
        for (field, odd) in [
            ("data", json!({ "metadata": { "name": "odd" }, "data": entries(6_000) })),
            ("metadata.labels", json!({ "metadata": { "name": "odd", "labels": entries(6_000) } })),
            ("metadata.annotations", json!({ "metadata": { "name": "odd", "annotations": entries(6_000) } })),
            ("metadata.finalizers", json!({ "metadata": { "name": "odd", "finalizers": list(6_000) } })),
        ] {
            let good = |name: &str| json!({ "metadata": { "name": name }, "data": entries(MOST) });
            let page: Vec<ObservedSecret> =
                serde_json::from_value(json!([good("a"), odd, good("b")])).unwrap();
            let read = page.iter().map(|secret| match secret {
                ObservedSecret::Whole(secret) => (secret.metadata.name.as_deref(), None),
                ObservedSecret::Cut(secret, cut) => (secret.metadata.name.as_deref(), Some(cut.field)),
            });
            assert!(read.eq([(Some("a"), None), (Some("odd"), Some(field)), (Some("b"), None)]), "{field}");
        }
    }
}
