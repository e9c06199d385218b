//! `meaning`: the output of a kubeseal, with every value opened, and without what has no meaning: the order of keys,
//! nulls, our fingerprint annotation, and owners without UID.

use api::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use envelope::{PrivateKey, open, pem};
use serde_json::{Value, json};

/// The annotations that our kubeseal adds to a SealedSecret, or has in its place once items were changed, and upstream's ignores.
const HINTS: [&str; 2] =
    ["sealedsecrets.bitnami.com/certificate-fingerprint", "sealedsecrets.bitnami.com/item-certificates"];

/// Namespaces and names that cases use: a raw value does not say what it is bound to.
const NAMESPACES: [&str; 6] = ["", "shop", "default", "other", "kube-system", "from-env"];
const NAMES: [&str; 6] = ["", "db", "other", "a.b", "db=x", "from-env"];

/// The meaning of a whole output.
pub(crate) fn meaning(output: &[u8], key: &PrivateKey) -> Value {
    let Ok(text) = std::str::from_utf8(output) else { return json!({ "bytes": STANDARD.encode(output) }) };
    if text.trim().is_empty() {
        return json!(text);
    }
    if let Some(value) = bare(text, key).or_else(|| pem_blocks(text)) {
        return value;
    }
    match objects(text) {
        Some((format, objects)) => {
            let opened: Vec<Value> = objects.into_iter().map(|object| opened(object, key)).collect();
            json!({ "format": format, "objects": opened })
        }
        None => json!({ "text": text }),
    }
}

/// Every object of a stream, and its format.
pub(crate) fn objects(text: &str) -> Option<(&'static str, Vec<Value>)> {
    let json: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
    let (format, objects) = match json {
        Ok(objects) => ("json", objects),
        Err(_) => ("yaml", serde_saphyr::from_multiple(text).ok()?),
    };
    let all = objects.iter().all(Value::is_object);
    all.then_some((format, objects))
}

/// Certificates and keys, without the text around them.
fn pem_blocks(text: &str) -> Option<Value> {
    let shown = |block: pem::Block| json!({ block.label: STANDARD.encode(&*block.der) });
    let blocks: Vec<Value> = pem::blocks(text).into_iter().map(shown).collect();
    (!blocks.is_empty()).then(|| json!({ "pem": blocks }))
}

/// A value sealed with `--raw`: its scope, and its plaintext.
fn bare(text: &str, key: &PrivateKey) -> Option<Value> {
    let envelope = STANDARD.decode(text.trim()).ok()?;
    let labels = NAMESPACES.iter().flat_map(|namespace| {
        let strict = NAMES.iter().map(move |name| Scope::Strict.label(namespace, name));
        strict.chain([Scope::NamespaceWide.label(namespace, "")])
    });
    labels.into_iter().find_map(|label| {
        let value = open(key, &label, &envelope).ok()?;
        let newline = text.ends_with('\n');
        Some(json!({ "raw": shown(value.expose()), "label": shown(&label), "newline": newline }))
    })
}

fn opened(mut object: Value, key: &PrivateKey) -> Value {
    without_nulls(&mut object);
    if object["kind"] != "SealedSecret" {
        without_unknown_owners(&mut object);
        return object;
    }
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let annotations = object
        .pointer("/metadata/annotations")
        .and_then(|annotations| serde_json::from_value(annotations.clone()).ok());
    let label = Scope::of(annotations.as_ref()).label(text("/metadata/namespace"), text("/metadata/name"));
    if let Some(items) = object.pointer_mut("/spec/encryptedData").and_then(Value::as_object_mut) {
        for item in items.values_mut() {
            let envelope = item.as_str().and_then(|item| STANDARD.decode(item).ok());
            // Not every case seals with this key; a value that does not open becomes a mark, which is the same for both
            // programs.
            let value = envelope.and_then(|envelope| open(key, &label, &envelope).ok());
            *item = value.map_or_else(|| json!({ "sealed": "for another" }), |value| shown(value.expose()));
        }
    }
    if let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        let annotations = metadata.get_mut("annotations").and_then(Value::as_object_mut);
        if annotations
            .is_some_and(|all| HINTS.iter().any(|hint| all.remove(*hint).is_some()) && all.is_empty())
        {
            metadata.remove("annotations");
        }
    }
    object
}

/// An owner without UID is no owner: the API server refuses it, which is compared in `judge`.
fn without_unknown_owners(object: &mut Value) {
    let Some(metadata) = object.pointer_mut("/metadata").and_then(Value::as_object_mut) else { return };
    let owners = metadata.get_mut("ownerReferences").and_then(Value::as_array_mut);
    let is_empty = owners.is_some_and(|owners| {
        owners.retain(|owner| owner["uid"] != "");
        owners.is_empty()
    });
    if is_empty {
        metadata.remove("ownerReferences");
    }
}

/// Go writes a null for some fields that are not set, and reads it as not set.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

fn shown(value: &[u8]) -> Value {
    let binary = || json!({ "bytes": STANDARD.encode(value) });
    std::str::from_utf8(value).map_or_else(|_| binary(), |text| json!(text))
}
