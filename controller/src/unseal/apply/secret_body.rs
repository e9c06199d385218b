//! [`TargetBody`]: the Secret as JSON, written straight from the opened values.
//!
//! Decided: instead of a k8s-openapi Secret, which would hold a second copy of every value that is not wiped.

use base64::display::Base64Display;
use base64::prelude::BASE64_STANDARD;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::UnsealedSecret;
use serde::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};
use std::collections::BTreeMap;

/// Serializes as a v1 Secret.
pub(crate) struct TargetBody<'a>(pub(crate) &'a UnsealedSecret);

impl Serialize for TargetBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let secret = self.0;
        let mut body = serializer.serialize_struct("Secret", 6)?;
        body.serialize_field("apiVersion", "v1")?;
        body.serialize_field("kind", "Secret")?;
        body.serialize_field::<ObjectMeta>("metadata", &secret.metadata)?;
        body.serialize_field("type", secret.effective_type())?;
        body.serialize_field("immutable", &secret.immutable)?;
        body.serialize_field("data", &Values(&secret.data))?;
        body.end()
    }
}

struct Values<'a>(&'a BTreeMap<String, envelope::Plaintext>);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, &Base64Value(value.expose()))?;
        }
        map.end()
    }
}

struct Base64Value<'a>(&'a [u8]);

impl Serialize for Base64Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &BASE64_STANDARD))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::Secret;

    #[test]
    fn reads_back_as_the_secret_it_is() {
        let secret = UnsealedSecret {
            opened_by: std::collections::BTreeSet::new(),
            metadata: ObjectMeta { name: Some("a".into()), ..ObjectMeta::default() },
            type_: None,
            immutable: None,
            data: BTreeMap::from([
                ("k".to_owned(), envelope::Plaintext::new(vec![0, 255, 7])),
                ("empty".to_owned(), envelope::Plaintext::new(Vec::new())),
            ]),
            varying: std::collections::BTreeSet::new(),
            templated: false,
            unread_recipients: None,
        };
        let body = serde_json::to_vec(&TargetBody(&secret)).unwrap();
        let read: Secret = serde_json::from_slice(&body).unwrap();
        assert_eq!(read.type_.as_deref(), Some("Opaque"));
        assert_eq!(read.metadata.name.as_deref(), Some("a"));
        assert!(secret.same_data(&read));
    }
}
