//! [`resealed_object`]: the SealedSecret that was sent in, with its items sealed anew.
//!
//! Decided: its text is copied field by field, instead of built as a tree and written again. A field that is not read costs no
//! memory beyond its own size, and stays as it was sent.

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer as _};
use serde_json::value::RawValue;
use serde_json::{Error, to_writer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Fields that belong to the cluster it was read from, and are no use in a file.
const OF_A_CLUSTER: [&str; 6] =
    ["creationTimestamp", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "uid"];

/// The object `json` with these items and annotations, and without those that have no text here; other annotations stay.
pub(crate) fn resealed_object(
    json: &[u8],
    items: &BTreeMap<String, String>,
    annotations: &BTreeMap<&str, Option<String>>,
) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(json.len());
    copy(&mut out, json, &BTreeMap::new(), &mut |out, name, value| match name {
        "status" => Ok(Copied::LeftOut),
        "metadata" => metadata(out, value, annotations),
        "spec" => spec(out, value, items),
        _ => Ok(Copied::AsItIs),
    })
    .ok()?;
    Some(out)
}

fn spec(out: &mut Vec<u8>, spec: &RawValue, items: &BTreeMap<String, String>) -> Result<Copied, Error> {
    copy(out, spec.get().as_bytes(), &BTreeMap::new(), &mut |out, name, _| match name {
        "encryptedData" => to_writer(out, items).map(|()| Copied::Replaced),
        _ => Ok(Copied::AsItIs),
    })?;
    Ok(Copied::Replaced)
}

fn metadata(
    out: &mut Vec<u8>,
    metadata: &RawValue,
    annotations: &BTreeMap<&str, Option<String>>,
) -> Result<Copied, Error> {
    let set: BTreeMap<&str, String> =
        annotations.iter().filter_map(|(name, text)| Some((*name, text.clone()?))).collect();
    // Without annotations to set, there is none to add.
    let mut annotated = set.is_empty();
    copy(out, metadata.get().as_bytes(), &BTreeMap::new(), &mut |out, name, value| match name {
        name if OF_A_CLUSTER.contains(&name) => Ok(Copied::LeftOut),
        "annotations" => {
            annotated = true;
            let there = if value.get() == "null" { "{}" } else { value.get() };
            copy(out, there.as_bytes(), &set, &mut |_, name, _| {
                Ok(if annotations.contains_key(name) { Copied::LeftOut } else { Copied::AsItIs })
            })?;
            Ok(Copied::Replaced)
        }
        _ => Ok(Copied::AsItIs),
    })?;
    if !annotated {
        // The closing brace makes room for one more field.
        out.pop();
        if out.last() != Some(&b'{') {
            out.push(b',');
        }
        out.extend_from_slice(b"\"annotations\":");
        to_writer(&mut *out, &set)?;
        out.push(b'}');
    }
    Ok(Copied::Replaced)
}

/// What to do with a field.
enum Copied {
    AsItIs,
    LeftOut,
    /// Its value has been written.
    Replaced,
}

type Change<'c> = dyn FnMut(&mut Vec<u8>, &str, &RawValue) -> Result<Copied, Error> + 'c;

/// Copies the object `json`, each field as `change` says, and then the fields `more`.
fn copy(
    out: &mut Vec<u8>,
    json: &[u8],
    more: &BTreeMap<&str, String>,
    change: &mut Change<'_>,
) -> Result<(), Error> {
    out.push(b'{');
    let mut fields = serde_json::Deserializer::from_slice(json);
    (&mut fields).deserialize_map(Fields { out, change })?;
    for (name, value) in more {
        field_name(out, name)?;
        to_writer(&mut *out, value)?;
    }
    out.push(b'}');
    Ok(())
}

/// The name of the next field.
fn field_name(out: &mut Vec<u8>, name: &str) -> Result<(), Error> {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    to_writer(&mut *out, name)?;
    out.push(b':');
    Ok(())
}

struct Fields<'o, 'c, 'd> {
    out: &'o mut Vec<u8>,
    change: &'c mut Change<'d>,
}

impl<'de> Visitor<'de> for Fields<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
            let value = map.next_value::<&'de RawValue>()?;
            let before = self.out.len();
            field_name(self.out, &name).map_err(A::Error::custom)?;
            match (self.change)(self.out, &name, value).map_err(A::Error::custom)? {
                Copied::AsItIs => self.out.extend_from_slice(value.get().as_bytes()),
                Copied::LeftOut => self.out.truncate(before),
                Copied::Replaced => {}
            }
        }
        Ok(())
    }
}

/// The name of a field, which may be as long as the body: borrowed where nothing in it is escaped.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES};
    use serde_json::{Value, json};

    fn resealed(object: &Value) -> Value {
        let items = BTreeMap::from([("x".to_owned(), "new".to_owned())]);
        let hint =
            BTreeMap::from([(CERTIFICATE_FINGERPRINT, Some("f".to_owned())), (ITEM_CERTIFICATES, None)]);
        let text = resealed_object(object.to_string().as_bytes(), &items, &hint).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    #[test]
    fn only_the_items_and_the_hint_change() {
        let hinted = json!({ "sealedsecrets.bitnami.com/certificate-fingerprint": "f" });
        for (metadata, expected) in [
            (json!({}), json!({ "annotations": hinted })),
            (json!({ "uid": "u" }), json!({ "annotations": hinted })),
            (json!({ "annotations": null, "name": "a\"" }), json!({ "annotations": hinted, "name": "a\"" })),
            (json!({ "annotations": {}, "generation": 4 }), json!({ "annotations": hinted })),
            (
                json!({ "annotations": { "sealedsecrets.bitnami.com/item-certificates": "{}", "a": "b" } }),
                json!({ "annotations": { "a": "b", "sealedsecrets.bitnami.com/certificate-fingerprint": "f" } }),
            ),
            (
                json!({ "annotations": { "sealedsecrets.bitnami.com/certificate-fingerprint": "old", "a": "b" } }),
                json!({ "annotations": { "a": "b", "sealedsecrets.bitnami.com/certificate-fingerprint": "f" } }),
            ),
        ] {
            let object = json!({
                "x": [{ "": 0 }], "metadata": metadata, "status": {},
                "spec": { "template": { "data": { "t": null } }, "encryptedData": { "x": "old" } },
            });
            let expected = json!({
                "x": [{ "": 0 }], "metadata": expected,
                "spec": { "template": { "data": { "t": null } }, "encryptedData": { "x": "new" } },
            });
            assert_eq!(resealed(&object), expected);
        }
    }

    #[test]
    fn numbers_stay_as_they_were_sent() {
        let object = r#"{"n":1e400,"metadata":{},"spec":{"encryptedData":{}}}"#;
        let text = resealed_object(object.as_bytes(), &BTreeMap::new(), &BTreeMap::new()).unwrap();
        assert!(String::from_utf8(text).unwrap().contains("\"n\":1e400"));
    }
}
