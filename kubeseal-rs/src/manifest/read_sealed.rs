//! `read_sealed`: a stream of manifests into the SealedSecrets in it; all of them, or an error.

use crate::files::input::Input;
use crate::manifest::error::ManifestError;
use crate::manifest::read::{each_object, shown};
use crate::manifest::yaml::fault::Fault;
use crate::manifest::yaml::field::Field;
use crate::manifest::yaml::place::Place;
use api::{SealedSecret, SealedSecretSpec, decode};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource as _;
use serde_json::Value;

/// A SealedSecret, and where it was read.
#[derive(Debug)]
pub(crate) struct InputSealed {
    pub place: Place,
    /// Whole, unknown fields included.
    pub object: Value,
    pub metadata: ObjectMeta,
    pub spec: SealedSecretSpec,
}

/// Reads every SealedSecret in `bytes`, which came from `input`.
pub(crate) fn read_sealed(input: &Input, bytes: &[u8]) -> Result<Vec<InputSealed>, ManifestError> {
    let mut sealed = Vec::new();
    each_object(input, bytes, &mut |object| {
        let place = object.place.clone();
        read_object(place, whole(object)?, &mut sealed)
    })?;
    if sealed.is_empty() { Err(ManifestError::NothingSealed(input.clone())) } else { Ok(sealed) }
}

fn whole(object: Field) -> Result<Value, ManifestError> {
    let fields = object.object(&[])?.into_iter().map(|(key, field)| Ok((key, field.value()?)));
    fields.collect::<Result<_, _>>().map(Value::Object)
}

/// A SealedSecret, or a List of them.
fn read_object(place: Place, mut object: Value, sealed: &mut Vec<InputSealed>) -> Result<(), ManifestError> {
    let text = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default();
    let (kind, version) = (text("kind"), text("apiVersion"));
    if kind == SealedSecret::kind(&()) && version == SealedSecret::api_version(&()) {
        let part = |field: &str| object.get(field).cloned().unwrap_or(Value::Null);
        let refuse = |field: &str, error: api::DecodeError| ManifestError::At {
            place: place.clone(),
            fault: Fault::Shape(error.within(field)),
        };
        let metadata = decode(part("metadata")).map_err(|error| refuse("metadata", error))?;
        let spec = decode(part("spec")).map_err(|error| refuse("spec", error))?;
        sealed.push(InputSealed { place, object, metadata, spec });
        return Ok(());
    }
    if matches!(kind, "List" | "SealedSecretList") {
        if let Some(Value::Array(items)) = object.get_mut("items").map(Value::take) {
            for (index, item) in items.into_iter().enumerate() {
                let text = |path| item.pointer(path).and_then(Value::as_str);
                let name = text("/metadata/name").or_else(|| text("/metadata/generateName"));
                let kind = text("/kind").unwrap_or("object");
                let place = place.item(index + 1, None).of_object(kind, text("/metadata/namespace"), name);
                read_object(place, item, sealed)?;
            }
        }
        return Ok(());
    }
    let kind = if kind.is_empty() { "object without a kind".into() } else { shown(kind) };
    Err(ManifestError::At { place, fault: Fault::NotSealed(kind) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    const YAML: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, generation: 3}\n\
                        spec: {encryptedData: {x: AgA=}}\n";

    fn outcome(stream: &str) -> String {
        match read_sealed(&Input::Stdin, stream.as_bytes()) {
            Ok(sealed) => format!("{} sealed", sealed.len()),
            Err(error) => format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default()),
        }
    }

    #[test]
    fn reads_streams_and_lists() {
        assert_eq!(outcome(YAML), "1 sealed");
        assert_eq!(outcome(&format!("# none\n---\n{YAML}---\n{YAML}")), "2 sealed");
        let items = YAML.trim_end().replace('\n', "\n  ");
        assert_eq!(outcome(&format!("kind: List\napiVersion: v1\nitems:\n- {items}\n")), "1 sealed");
    }

    #[test]
    fn places_name_document_and_object() {
        let items = YAML.trim_end().replace('\n', "\n  ");
        let stream = format!("{YAML}---\n{YAML}---\nkind: List\nitems:\n- {items}\n- {items}\n");
        let read =
            read_sealed(&Input::Stdin, stream.replace("name: a", "name: a, namespace: shop").as_bytes())
                .unwrap();
        let places: Vec<String> = read.iter().map(|sealed| sealed.place.to_string()).collect();
        for (place, expected) in places.iter().zip([
            "standard input, document 1 (SealedSecret shop/a), line 1",
            "standard input, document 2 (SealedSecret shop/a), line 6",
            "standard input, document 3, item 1 (SealedSecret shop/a)",
            "standard input, document 3, item 2 (SealedSecret shop/a)",
        ]) {
            assert!(place.starts_with(expected), "{place}");
        }
        assert_eq!(places.len(), 4);
    }

    #[test]
    fn refuses_everything_else_without_a_value() {
        assert!(outcome("").contains("found no SealedSecret"));
        let secret = "kind: Secret\napiVersion: v1\nstringData: {a: hunter2}\n";
        assert!(outcome(secret).contains("it is a Secret, not a SealedSecret"));
        let shape = outcome(&YAML.replace("{x: AgA=}", "{x: 5}"));
        assert!(shape.contains("field spec.encryptedData.x"), "{shape}");
        let shape = outcome(&YAML.replace("{x: AgA=}", "[hunter2]"));
        assert!(shape.contains("field spec.encryptedData") && !shape.contains("hunter2"), "{shape}");
    }
}
