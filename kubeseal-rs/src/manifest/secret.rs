//! `read`: the fields of a Secret into a `SecretToSeal`. As strict about types as the API server.

use crate::manifest::error::ManifestError;
use crate::manifest::yaml::fault::Fault;
use crate::manifest::yaml::field::Field;
use api::annotations::repeats_object;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use envelope::Plaintext;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::SecretToSeal;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Names that tell a misspelt field from an unknown one, which is ignored.
pub(crate) const FIELDS: &[&str] =
    &["apiVersion", "kind", "metadata", "data", "stringData", "type", "immutable", "items"];

const METADATA_FIELDS: &[&str] =
    &["name", "generateName", "namespace", "labels", "annotations", "finalizers"];

/// Go's decoder: padding is wanted, and the bits behind the last byte may be anything.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// A value on its way, wiped wherever it ends.
type Bytes = Zeroizing<Vec<u8>>;

/// Reads a Secret from its fields.
pub(crate) fn read(fields: Vec<(String, Field)>) -> Result<SecretToSeal, ManifestError> {
    let mut secret =
        SecretToSeal { metadata: ObjectMeta::default(), type_: None, immutable: None, data: BTreeMap::new() };
    let mut string_data = BTreeMap::new();
    for (name, field) in fields {
        match name.as_str() {
            "metadata" => secret.metadata = metadata(field)?,
            "type" => secret.type_ = non_empty(field)?,
            "immutable" => secret.immutable = field.boolean()?,
            "data" => secret.data = values(field, decode)?,
            "stringData" => string_data = values(field, Ok)?,
            _ => {}
        }
    }
    secret.data.append(&mut string_data);
    Ok(secret)
}

/// What a SealedSecret passes on; the rest belongs to the cluster that the Secret came from.
fn metadata(field: Field) -> Result<ObjectMeta, ManifestError> {
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

fn non_empty(field: Field) -> Result<Option<String>, ManifestError> {
    Ok(field.plain_text()?.filter(|text| !text.is_empty()))
}

fn texts(field: Field) -> Result<Option<BTreeMap<String, String>>, ManifestError> {
    let mut texts = BTreeMap::new();
    for (key, field) in field.map()? {
        // Copies of all values: wiped here, not carried further.
        if !repeats_object(&key) {
            texts.insert(key, field.plain_text()?.unwrap_or_default());
        }
    }
    Ok((!texts.is_empty()).then_some(texts))
}

fn list(field: Field) -> Result<Option<Vec<String>>, ManifestError> {
    let place = field.place.clone();
    let mut texts = Vec::new();
    for node in field.list()? {
        texts.extend(Field::new(place.at(node.position), node).plain_text()?);
    }
    Ok((!texts.is_empty()).then_some(texts))
}

/// The values of `data` or `stringData`; one that is null is empty, as upstream has it.
fn values(
    field: Field,
    decode: fn(Bytes) -> Result<Bytes, Fault>,
) -> Result<BTreeMap<String, Plaintext>, ManifestError> {
    let mut values = BTreeMap::new();
    for (key, field) in field.map()? {
        let place = field.place.clone();
        // Taken over, not copied, so that there is one place to wipe.
        let text = field.text()?.map(|mut text| std::mem::take(&mut *text).into_bytes()).unwrap_or_default();
        let mut value = decode(Zeroizing::new(text)).map_err(|fault| ManifestError::At { place, fault })?;
        values.insert(key, Plaintext::new(std::mem::take(&mut *value)));
    }
    Ok(values)
}

/// Base64, in which line breaks count for nothing.
fn decode(mut text: Bytes) -> Result<Bytes, Fault> {
    text.retain(|byte| !matches!(byte, b'\r' | b'\n'));
    let mut value = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    // The decoder's error would quote a byte.
    let length = BASE64.decode_slice(&*text, &mut value).map_err(|_| Fault::NotBase64)?;
    value.truncate(length);
    Ok(value)
}
