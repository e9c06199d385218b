//! `text`: SealedSecrets as Secrets, with a placeholder for each value.

use crate::manifest::TEMPLATE_DATA;
use crate::sealed_file::SealedObject;
use crate::shown::shown_path;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// What stands for a value that is sealed.
pub(super) const PLACEHOLDER: &str = "<sealed>";

/// The objects, a YAML document each.
pub(super) fn text(path: &Path, objects: &[SealedObject]) -> Result<String, serde_saphyr::ser::Error> {
    let file = shown_path(path);
    let mut text = format!(
        "# What is sealed in {file}.\n\
         #\n\
         # Leave {PLACEHOLDER} to keep what is sealed there. Write a value over it to seal that instead. Items can be\n\
         # added, here or in base64 under data, and taken out. Name, namespace and scope stay: values are bound to them.\n\
         # {TEMPLATE_DATA} is spec.template.data: plain text, in which {{{{ .key }}}} stands for a value.\n\
         # To change nothing, quit without saving.\n"
    );
    for object in objects {
        let yaml = serde_saphyr::to_string(&secret(object))?;
        // Writing to a String cannot fail.
        let _ = write!(text, "---\n# Scope: {}\n{}\n", object.scope(), yaml.trim_end());
    }
    Ok(text)
}

fn secret(object: &SealedObject) -> Value {
    let template = &object.spec.template;
    let plain = template.metadata.clone().unwrap_or_default();
    let mut metadata = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        metadata.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("name", object.metadata.name.as_ref().map(|name| json!(name)));
    put("namespace", object.metadata.namespace.as_ref().map(|namespace| json!(namespace)));
    put("labels", plain.labels.map(|labels| json!(labels)));
    put("annotations", plain.annotations.map(|annotations| json!(annotations)));
    put("finalizers", plain.finalizers.map(|finalizers| json!(finalizers)));
    let items: Map<String, Value> =
        object.spec.encrypted_data.keys().map(|key| (key.clone(), json!(PLACEHOLDER))).collect();
    let mut secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": metadata });
    if let Some(type_) = &template.type_ {
        secret["type"] = json!(type_);
    }
    if let Some(immutable) = template.immutable {
        secret["immutable"] = json!(immutable);
    }
    secret["stringData"] = json!(items);
    if let Some(data) = template.data.as_ref().filter(|data| !data.is_empty()) {
        secret[TEMPLATE_DATA] = json!(data);
    }
    secret
}
