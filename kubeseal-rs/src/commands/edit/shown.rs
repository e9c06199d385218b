//! `text`: SealedSecrets as Secrets, with a placeholder for each value.

use crate::commands::edit::template_data::TEMPLATE_DATA;
use crate::manifest::sealed_secrets::SealedObject;
use crate::terminal::escape::{is_unsafe, shown_path};
use api::annotations::repeats_object;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use serde_saphyr::LitStr;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The placeholder of a sealed value.
pub(crate) const PLACEHOLDER: &str = "<sealed>";

/// The objects, a YAML document each.
pub(crate) fn text(path: &Path, objects: &[SealedObject]) -> Result<String, serde_saphyr::ser::Error> {
    let file = shown_path(path);
    let mut text = format!(
        "# What is sealed in {file}.\n\
         #\n\
         # Leave {PLACEHOLDER} to keep what is sealed there. Write a value over it to seal that instead. Items can be\n\
         # added, here or in base64 under data, and taken out. Name, namespace and scope stay: values are bound to them.\n\
         # {TEMPLATE_DATA} is spec.template.data: plain text, in which {{{{ .key }}}} stands for a value; null leaves one out.\n\
         # To change nothing, quit without saving.\n"
    );
    for object in objects {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "---\n# Scope: {}", object.scope());
        text.push_str(&yaml(&secret(object))?);
        let data = object.spec.template.data.iter().flatten();
        let data: BTreeMap<&str, Option<Shown<'_>>> =
            data.map(|(key, text)| (key.as_str(), text.as_deref().map(Shown))).collect();
        if !data.is_empty() {
            text.push_str(&yaml(&BTreeMap::from([(TEMPLATE_DATA, data)]))?);
        }
    }
    Ok(text)
}

/// Without block scalars, except where they are chosen: a block scalar cannot hold every text exactly.
fn yaml(value: &impl Serialize) -> Result<String, serde_saphyr::ser::Error> {
    serde_saphyr::to_string_with_options(value, serde_saphyr::ser_options! { prefer_block_scalars: false })
}

/// A text; as a block scalar, if that holds exactly this text whatever an editor does to line ends.
struct Shown<'a>(&'a str);

impl Shown<'_> {
    fn fits_a_block(&self) -> bool {
        let lines = self.0.strip_suffix('\n').unwrap_or(self.0);
        let is_plain =
            |line: &str| !line.ends_with([' ', '\t']) && !line.chars().any(|c| c != '\t' && is_unsafe(c));
        // A first line that is empty or begins with a space would hide the indentation of the block.
        self.0.contains('\n')
            && !lines.starts_with([' ', '\t', '\n'])
            && !lines.ends_with('\n')
            && lines.split('\n').all(is_plain)
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.fits_a_block() {
            LitStr(self.0).serialize(serializer)
        } else {
            serializer.serialize_str(self.0)
        }
    }
}

/// Without the copies of the Secret that tools keep in annotations: they are not read back either.
pub(crate) fn without_copies(
    annotations: Option<BTreeMap<String, String>>,
) -> Option<BTreeMap<String, String>> {
    annotations.map(|mut annotations| {
        annotations.retain(|name, _| !repeats_object(name));
        annotations
    })
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
    put("annotations", without_copies(plain.annotations).map(|annotations| json!(annotations)));
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
    secret
}
