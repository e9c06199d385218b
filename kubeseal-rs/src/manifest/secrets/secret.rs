//! `read_fields`: the fields of a Secret, as strict about types as the API server. A new field that is to be sealed
//! needs a name in `FIELDS` and a line in `read_fields`.
//!
//! Decided: an unknown field is refused only if it is close to a known name, because upstream ignores unknown fields,
//! and some existing files keep YAML anchors in them. The values in a misspelt `stringData` would be lost without a
//! message.

use crate::manifest::error::ManifestError;
use crate::manifest::field::FieldReader;
use crate::manifest::yaml::invalid::InvalidManifest;
use api::annotations::repeats_object;
use envelope::Plaintext;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{SecretToSeal, decode_base64};
use std::collections::BTreeMap;

/// The fields of a Secret or a List of them. A name that is close to one of them is refused; any other is ignored.
pub(crate) const FIELDS: &[&str] =
    &["apiVersion", "kind", "metadata", "data", "stringData", "type", "immutable", "items"];

const METADATA_FIELDS: &[&str] =
    &["name", "generateName", "namespace", "labels", "annotations", "finalizers"];

/// Reads a Secret from its fields.
pub(crate) fn read_fields(fields: Vec<(String, FieldReader)>) -> Result<SecretToSeal, ManifestError> {
    let mut secret =
        SecretToSeal { metadata: ObjectMeta::default(), type_: None, immutable: None, data: BTreeMap::new() };
    let mut string_data = BTreeMap::new();
    for (name, field) in fields {
        match name.as_str() {
            "metadata" => secret.metadata = metadata(field)?,
            "type" => secret.type_ = non_empty(field)?,
            "immutable" => secret.immutable = field.boolean()?,
            "data" => {
                secret.data = values(field, |text| decode_base64(&text).ok_or(InvalidManifest::NotBase64))?;
            }
            "stringData" => string_data = values(field, |text| Ok(text.into_bytes()))?,
            _ => {}
        }
    }
    secret.data.append(&mut string_data);
    Ok(secret)
}

/// The metadata that a SealedSecret keeps; the rest belongs to the cluster that the Secret came from.
fn metadata(field: FieldReader) -> Result<ObjectMeta, ManifestError> {
    let mut metadata = ObjectMeta::default();
    for (name, field) in field.object_or_nothing(METADATA_FIELDS)? {
        match name.as_str() {
            "name" => metadata.name = non_empty(field)?,
            "generateName" => metadata.generate_name = non_empty(field)?,
            "namespace" => metadata.namespace = non_empty(field)?,
            "labels" => metadata.labels = texts(field)?,
            "annotations" => metadata.annotations = texts(field)?,
            "finalizers" => metadata.finalizers = list(field)?,
            _ => {}
        }
    }
    Ok(metadata)
}

fn non_empty(field: FieldReader) -> Result<Option<String>, ManifestError> {
    Ok(field.text()?.filter(|text| !text.is_empty()))
}

fn texts(field: FieldReader) -> Result<Option<BTreeMap<String, String>>, ManifestError> {
    let mut texts = BTreeMap::new();
    for (key, field) in field.map()? {
        // Copies of all values: dropped here.
        if !repeats_object(&key) {
            texts.insert(key, field.text()?.unwrap_or_default());
        }
    }
    Ok((!texts.is_empty()).then_some(texts))
}

fn list(field: FieldReader) -> Result<Option<Vec<String>>, ManifestError> {
    let location = field.location.clone();
    let mut texts = Vec::new();
    for node in field.list()? {
        texts.extend(FieldReader::new(location.at(node.position), node).text()?);
    }
    Ok((!texts.is_empty()).then_some(texts))
}

/// The values of `data` or `stringData`; a null is an empty value, as in upstream's kubeseal.
fn values(
    field: FieldReader,
    decode: impl Fn(String) -> Result<Vec<u8>, InvalidManifest>,
) -> Result<BTreeMap<String, Plaintext>, ManifestError> {
    let mut values = BTreeMap::new();
    for (key, field) in field.map()? {
        let location = field.location.clone();
        let value = decode(field.text()?.unwrap_or_default())
            .map_err(|problem| ManifestError::At { location, problem })?;
        values.insert(key, Plaintext::new(value));
    }
    Ok(values)
}

/// A field of a `ConfigMap`, whose other fields have the names of a Secret's.
const OF_CONFIG_MAP: &str = "binaryData";

/// The field of a Secret to which this name is close. `None` for the name of a field, and for a name that is close to
/// none.
pub(crate) fn field_meant_by(name: &str) -> Option<&'static str> {
    if FIELDS.contains(&name) {
        return None;
    }
    if name == OF_CONFIG_MAP {
        return Some("data");
    }
    // One letter in four may differ, so that short names do not match everything.
    let close = FIELDS.iter().filter(|field| **field != "items").map(|field| (distance(name, field), *field));
    close.filter(|(distance, field)| *distance <= field.len() / 4).min().map(|(_, field)| field)
}

/// The number of letters that were added, left out or replaced.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for j in 0..b.len() {
            let replaced = diagonal + usize::from(b[j] != c);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_close_to_a_name_is_meant_for_it() {
        for (name, field) in [
            ("stringDatas", "stringData"),
            ("strngData", "stringData"),
            ("string_data", "stringData"),
            ("metadat", "metadata"),
            ("datas", "data"),
            ("typ", "type"),
            ("binaryData", "data"),
        ] {
            assert_eq!(field_meant_by(name), Some(field), "{name}");
        }
        for name in [
            "stringData",
            "spec",
            "status",
            "x-common",
            "one",
            "two",
            "templateData",
            "sops",
            "item",
            "",
            "a",
        ] {
            assert_eq!(field_meant_by(name), None, "{name}");
        }
    }
}
