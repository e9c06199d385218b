//! [`SealedObject`]: a SealedSecret that was read from a manifest, and where it was. `read` reads a stream of them; `sealed_file` reads a
//! file that is to be edited.

pub(crate) mod known_fields;

use crate::files::input::Input;
use crate::manifest::error::ManifestError;
use crate::manifest::field::FieldReader;
use crate::manifest::location::Location;
use crate::manifest::names::shown_kind;
use crate::manifest::objects::each_object;
use crate::manifest::sealed_secrets::known_fields::unknown_fields_of;
use crate::manifest::yaml::invalid::InvalidManifest;
use api::{DecodeError, Scope, SealedSecret, SealedSecretSpec, decode};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource as _;
use serde_json::{Value, json};
use std::borrow::Cow;

/// The hint about a SealedSecret without a namespace that is bound to one.
pub(crate) const NAMESPACE_HINT: &str = "it names no namespace, and it is bound to one: say which with -n NAMESPACE, that of the \
                                         cluster's copy, or write it into metadata.namespace";

#[derive(Debug, Clone)]
pub(crate) struct SealedObject {
    pub location: Location,
    /// The whole object, unknown fields included.
    pub object: Value,
    pub metadata: ObjectMeta,
    pub spec: SealedSecretSpec,
}

/// Reads every SealedSecret in `bytes`, which came from `input`. Anything else is an error.
pub(crate) fn read(input: &Input, bytes: &[u8]) -> Result<Vec<SealedObject>, ManifestError> {
    let mut sealed = Vec::new();
    each_object(input, bytes, &mut |object| {
        let location = object.location.clone();
        read_object(&location, whole(object)?, &mut sealed)
    })?;
    if sealed.is_empty() { Err(ManifestError::NothingSealed(input.clone())) } else { Ok(sealed) }
}

fn whole(object: FieldReader) -> Result<Value, ManifestError> {
    let fields = object.object(&[])?.into_iter().map(|(key, field)| Ok((key, field.value()?)));
    fields.collect::<Result<_, _>>().map(Value::Object)
}

/// A SealedSecret, or a List of them.
fn read_object(
    location: &Location,
    mut object: Value,
    sealed: &mut Vec<SealedObject>,
) -> Result<(), ManifestError> {
    let refuse = |problem| ManifestError::At { location: location.clone(), problem };
    if is_sealed_secret(&object) {
        // Most likely what it lacks is there under another name.
        let unknown = unknown_fields_of(&object).into_iter().find(|field| field.meant.is_some());
        let lacks_items = object.get("spec").is_some_and(|spec| spec.get("encryptedData").is_none());
        let decoded = SealedObject::decode(location, object);
        sealed.push(decoded.map_err(|error| {
            refuse(match unknown {
                Some(unknown) => InvalidManifest::UnknownField(unknown.to_string()),
                None if lacks_items && error.path == "spec" => InvalidManifest::NoItems,
                None => InvalidManifest::Shape(error),
            })
        })?);
        return Ok(());
    }
    if !is_list(&object) {
        let kind = text(&object, "kind");
        let kind = if kind.is_empty() { "object without a kind" } else { shown_kind(kind) };
        return Err(refuse(InvalidManifest::NotSealed(kind.to_owned())));
    }
    if let Some(Value::Array(items)) = object.get_mut("items").map(Value::take) {
        for (index, item) in items.into_iter().enumerate() {
            let item = item_of(&object, &item).into_owned();
            let text = |path| item.pointer(path).and_then(Value::as_str);
            let name = text("/metadata/name").or_else(|| text("/metadata/generateName"));
            let kind = text("/kind").unwrap_or("object");
            let location = location.item(index + 1, None).of_object(kind, text("/metadata/namespace"), name);
            read_object(&location, item, sealed)?;
        }
    }
    Ok(())
}

impl SealedObject {
    /// Decodes metadata and spec. The error names the field.
    pub(crate) fn decode(location: &Location, object: Value) -> Result<Self, DecodeError> {
        let part = |field: &str| object.get(field).cloned().unwrap_or(Value::Null);
        let metadata = decode(part("metadata")).map_err(|error| error.within("metadata"))?;
        let spec = decode(part("spec")).map_err(|error| error.within("spec"))?;
        Ok(Self { location: location.clone(), object, metadata, spec })
    }

    /// The scope in its annotations.
    pub(crate) fn scope(&self) -> Scope {
        Scope::of(self.metadata.annotations.as_ref())
    }

    /// Sets `namespace` if it has none, for manifests to which kustomize or a GitOps tool adds the namespace.
    pub(crate) fn default_namespace(&mut self, namespace: Option<&str>) {
        let Some(namespace) = namespace.filter(|_| names_no_namespace(&self.metadata)) else { return };
        self.metadata.namespace = Some(namespace.to_owned());
        self.object["metadata"]["namespace"] = json!(namespace);
    }
}

/// Whether it cannot be opened because it has no namespace. A cluster-wide SealedSecret needs none.
pub(crate) fn lacks_namespace(metadata: &ObjectMeta) -> bool {
    names_no_namespace(metadata) && Scope::of(metadata.annotations.as_ref()) != Scope::ClusterWide
}

fn names_no_namespace(metadata: &ObjectMeta) -> bool {
    metadata.namespace.as_deref().is_none_or(str::is_empty)
}

/// Whether `kind` and `apiVersion` are those of a SealedSecret.
pub(crate) fn is_sealed_secret(object: &Value) -> bool {
    text(object, "kind") == SealedSecret::kind(&())
        && text(object, "apiVersion") == SealedSecret::api_version(&())
}

/// The item of a list. In a `SealedSecretList`, kind and version may be left out; `kubectl` adds them.
pub(crate) fn item_of<'a>(list: &Value, item: &'a Value) -> Cow<'a, Value> {
    let mut item = Cow::Borrowed(item);
    // Where it has items, an object of another kind is a list to kubectl, too.
    if text(list, "kind").strip_suffix("List").unwrap_or(text(list, "kind")) == SealedSecret::kind(&()) {
        for (field, implied) in
            [("kind", SealedSecret::kind(&())), ("apiVersion", SealedSecret::api_version(&()))]
        {
            if item.is_object() && text(&item, field).is_empty() {
                item.to_mut()[field] = json!(implied);
            }
        }
    }
    item
}

/// Whether an object is a List that may hold SealedSecrets.
fn is_list(object: &Value) -> bool {
    matches!(text(object, "kind"), "List" | "SealedSecretList")
}

/// A string field; empty if it is no string.
fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    const YAML: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, generation: 3}\n\
                        spec: {encryptedData: {x: AgA=}}\n";

    fn outcome(stream: &str) -> String {
        match read(&Input::Stdin, stream.as_bytes()) {
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
        let all =
            read(&Input::Stdin, stream.replace("name: a", "name: a, namespace: shop").as_bytes()).unwrap();
        let locations: Vec<String> = all.iter().map(|sealed| sealed.location.to_string()).collect();
        for (location, expected) in locations.iter().zip([
            "standard input, document 1 (SealedSecret shop/a), line 1",
            "standard input, document 2 (SealedSecret shop/a), line 6",
            "standard input, document 3, item 1 (SealedSecret shop/a)",
            "standard input, document 3, item 2 (SealedSecret shop/a)",
        ]) {
            assert!(location.starts_with(expected), "{location}");
        }
        assert_eq!(locations.len(), 4);
    }

    #[test]
    fn refuses_everything_else_without_a_value() {
        assert!(outcome("").contains("found no SealedSecret"));
        let secret = "kind: Secret\napiVersion: v1\nstringData: {a: hunter2}\n";
        assert!(outcome(secret).contains("it is a Secret, not a SealedSecret"));
        let shape = outcome(&YAML.replace("{x: AgA=}", "{x: 5}"));
        assert!(shape.contains("field spec.encryptedData.x"), "{shape}");
        let shape = outcome(&YAML.replace("encryptedData", "encrypteddata"));
        assert!(shape.contains("no field spec.encrypteddata; encryptedData is spelt so"), "{shape}");
        let shape = outcome(&YAML.replace("{encryptedData: {x: AgA=}}", "{template: {type: Opaque}}"));
        assert!(shape.ends_with("it has no spec.encryptedData"), "{shape}");
        let shape = outcome(&YAML.replace("{x: AgA=}", "[hunter2]"));
        assert!(shape.contains("field spec.encryptedData") && !shape.contains("hunter2"), "{shape}");
    }
}
