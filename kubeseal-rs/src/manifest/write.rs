//! `write` and `write_secret`: a SealedSecret, or a Secret that was opened, as a JSON object or a YAML document, formatted as upstream's.

use crate::error::Hint;
use crate::settings::flag_value::Format;
use crate::terminal::escape::{is_unsafe, shown_json};
use api::SealedSecret;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use sealing::UnsealedSecret;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An object could not be written out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenderError {
    #[error("cannot write it as JSON")]
    Json(#[source] serde_json::Error),
    #[error("cannot write it as YAML")]
    Yaml(#[source] serde_saphyr::ser::Error),
}

impl Hint for RenderError {}

/// Appends `sealed` to `written`.
pub(crate) fn write(format: Format, sealed: &SealedSecret, written: &mut Vec<u8>) -> Result<(), RenderError> {
    append(format, serde_json::to_value(sealed).map_err(RenderError::Json)?, written)
}

/// Appends `secret` to `written`.
pub(crate) fn write_secret(
    format: Format,
    secret: UnsealedSecret,
    written: &mut Vec<u8>,
) -> Result<(), RenderError> {
    let data = secret.data.iter().map(|(key, value)| (key.clone(), ByteString(value.expose().to_vec())));
    let secret = Secret {
        metadata: secret.metadata,
        type_: secret.type_.filter(|type_| !type_.is_empty()),
        immutable: secret.immutable,
        data: (!secret.data.is_empty()).then(|| data.collect()),
        ..Secret::default()
    };
    append(format, serde_json::to_value(secret).map_err(RenderError::Json)?, written)
}

/// Appends `secret` to `written`, with texts under `stringData`, in blocks where they have several lines. No character reaches a terminal that
/// the terminal would obey or hide.
pub(crate) fn write_readable_secret(
    format: Format,
    secret: UnsealedSecret,
    written: &mut Vec<u8>,
) -> Result<(), RenderError> {
    let (mut texts, mut data) = (BTreeMap::new(), BTreeMap::new());
    for (key, value) in &secret.data {
        match std::str::from_utf8(value.expose()) {
            Ok(text) if !text.chars().any(is_raw_in_yaml) => {
                texts.insert(key.clone(), text.to_owned()).is_some()
            }
            _ => data.insert(key.clone(), ByteString(value.expose().to_vec())).is_some(),
        };
    }
    let secret = Secret {
        metadata: secret.metadata,
        type_: secret.type_.filter(|type_| !type_.is_empty()),
        immutable: secret.immutable,
        data: (!data.is_empty()).then_some(data),
        string_data: (!texts.is_empty()).then_some(texts),
    };
    let value = serde_json::to_value(secret).map_err(RenderError::Json)?;
    if format == Format::Yaml && !has(&value, &|c| c != '\n' && is_unsafe(c)) {
        let options =
            serde_saphyr::ser_options! { prefer_block_scalars: true, folded_wrap_chars: usize::MAX };
        let yaml =
            serde_saphyr::to_string_with_options(&sorted(value), options).map_err(RenderError::Yaml)?;
        written.extend_from_slice(b"---\n");
        written.extend_from_slice(yaml.trim_end_matches('\n').as_bytes());
        written.push(b'\n');
        return Ok(());
    }
    // JSON is YAML, and has an escape for each character.
    let as_json = format == Format::Json || has(&value, &is_raw_in_yaml);
    if !as_json {
        return append(format, value, written);
    }
    let mut json = Vec::new();
    append(Format::Json, value, &mut json)?;
    if format == Format::Yaml {
        written.extend_from_slice(b"---\n");
    }
    written.extend_from_slice(shown_json(&String::from_utf8_lossy(&json)).as_bytes());
    Ok(())
}

/// Whether a terminal may obey or hide the character, and YAML has it without an escape.
fn is_raw_in_yaml(c: char) -> bool {
    !c.is_ascii() && is_unsafe(c)
}

/// Whether a text or a name has such a character.
fn has(value: &Value, is_such: &dyn Fn(char) -> bool) -> bool {
    match value {
        Value::String(text) => text.chars().any(is_such),
        Value::Array(items) => items.iter().any(|item| has(item, is_such)),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.chars().any(is_such) || has(value, is_such))
        }
        _ => false,
    }
}

fn append(format: Format, value: Value, written: &mut Vec<u8>) -> Result<(), RenderError> {
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *written, &in_gos_order(value)).map_err(RenderError::Json)?;
            written.push(b'\n');
        }
        Format::Yaml => {
            written.extend_from_slice(b"---\n");
            written.extend_from_slice(to_yaml(value)?.trim_end().as_bytes());
            written.push(b'\n');
        }
    }
    Ok(())
}

/// Sorted YAML.
pub(crate) fn to_yaml(value: Value) -> Result<String, RenderError> {
    // Escapes instead of block scalars for text of several lines: the text then cannot end a document.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(&sorted(value), options).map_err(RenderError::Yaml)
}

/// Sorts the fields in Go's order.
fn in_gos_order(mut value: Value) -> Value {
    const METADATA: &[&str] =
        &["name", "generateName", "namespace", "labels", "annotations", "ownerReferences", "finalizers"];
    let orders: [(&str, &[&str]); 5] = [
        ("", &["kind", "apiVersion", "metadata", "immutable", "data", "type", "spec"]),
        ("/metadata", METADATA),
        ("/spec", &["template", "encryptedData"]),
        ("/spec/template", &["metadata", "type", "immutable"]),
        ("/spec/template/metadata", METADATA),
    ];
    for (path, order) in orders {
        if let Some(part) = value.pointer_mut(path) {
            reorder(part, order);
        }
    }
    let owners = value.pointer_mut("/metadata/ownerReferences").and_then(Value::as_array_mut);
    for owner in owners.into_iter().flatten() {
        reorder(owner, &["apiVersion", "kind", "name", "uid", "controller"]);
    }
    value
}

/// Moves these fields to the front, in this order.
fn reorder(value: &mut Value, order: &[&str]) {
    if let Value::Object(map) = value {
        let mut rest = std::mem::take(map);
        for key in order {
            map.extend(rest.shift_remove_entry(*key));
        }
        map.extend(rest);
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(Map::from_iter(entries))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(format: Format, annotations: &[(&str, &str)]) -> String {
        let annotations: Map<String, Value> =
            annotations.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        let sealed = serde_json::from_value(json!({
            "apiVersion": "bitnami.com/v1alpha1",
            "kind": "SealedSecret",
            "metadata": { "name": "a", "namespace": "b" },
            "spec": {
                "template": { "metadata": { "annotations": annotations, "name": "a" }, "type": "Opaque" },
                "encryptedData": {},
            },
        }));
        let mut written = Vec::new();
        write(format, &sealed.unwrap(), &mut written).unwrap();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn json_has_gos_order_and_yaml_is_sorted() {
        let json = written(Format::Json, &[("k", "v")]);
        let order =
            ["kind", "apiVersion", "metadata", "name", "namespace", "spec", "template", "metadata", "name"];
        let mut rest = json.as_str();
        for key in order {
            rest = rest.split_once(&format!("\"{key}\"")).unwrap().1;
        }
        assert!(json.ends_with("}\n"));
        assert_eq!(
            written(Format::Yaml, &[("k", "v")]),
            "---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: a\n  namespace: b\nspec:\n  \
             encryptedData: {}\n  template:\n    metadata:\n      annotations:\n        k: v\n      name: a\n    type: \
             Opaque\n"
        );
    }

    /// Go's YAML reader, which kubectl uses, reads each of these as another type if it is not quoted.
    const NOT_PLAIN: &[&str] = &[
        "",
        "~",
        "null",
        "Null",
        "NULL",
        "true",
        "True",
        "TRUE",
        "false",
        "yes",
        "Yes",
        "YES",
        "no",
        "No",
        "on",
        "On",
        "off",
        "OFF",
        "y",
        "Y",
        "n",
        "N",
        "0",
        "1",
        "-1",
        "+1",
        "007",
        "089",
        "0o7",
        "0x1f",
        "0b11",
        "1_000",
        "1.5",
        ".5",
        "1.",
        "1e3",
        "1E3",
        "+1e-3",
        ".inf",
        "-.inf",
        "+.Inf",
        ".nan",
        ".NaN",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        "2020-01-01 00:00:00",
        "1:20",
        "190:20:30",
        "<<",
        "=",
        "-",
        "?",
        ":",
        "- a",
        "? a",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "@a",
        "`a",
        "%a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "{a",
        "[a",
        "}",
        "]",
        ",a",
        " a",
        "a ",
        "'a",
        "\"a",
        "---",
        "...",
        "--- a",
        "a\nb",
        "a\n",
        "\ta",
        "\u{7}",
        "\u{7f}",
        "\u{85}",
        "\u{feff}a",
        "\u{2028}",
    ];

    #[test]
    fn a_value_that_reads_as_another_type_gets_quotes() {
        for text in NOT_PLAIN {
            let yaml = written(Format::Yaml, &[("k", text)]);
            let line = yaml.lines().find_map(|line| line.trim().strip_prefix("k: ")).unwrap_or("");
            assert!(line.starts_with(['"', '\'']), "{text:?} in\n{yaml}");
        }
    }

    #[test]
    fn a_key_that_reads_as_another_type_gets_quotes() {
        for text in NOT_PLAIN {
            let yaml = written(Format::Yaml, &[(text, "v")]);
            let line = yaml.lines().find(|line| line.ends_with(": v")).unwrap_or("").trim();
            assert!(line.starts_with(['"', '\'']), "{text:?} in\n{yaml}");
        }
    }

    /// Readers of YAML 1.1 take them for line breaks.
    #[test]
    fn line_breaks_of_others_are_escaped() {
        for text in ["\u{85}", "a\u{85}b", "a \u{2028} b", "\u{2029}", "a\rb"] {
            let yaml = written(Format::Yaml, &[("k", text), (text, "v")]);
            assert!(!yaml.contains(['\u{85}', '\u{2028}', '\u{2029}', '\r']), "{yaml:?}");
        }
    }

    #[test]
    fn yaml_reads_back_as_it_was() {
        for text in
            NOT_PLAIN.iter().chain(&["plain", "a b", "a/b:c", "\u{e9}", "\u{1f600}", "a\r\nb", "x: |\n  y"])
        {
            let yaml = written(Format::Yaml, &[(text, text)]);
            let value: Value = serde_saphyr::from_str(&yaml).unwrap();
            assert_eq!(value["spec"]["template"]["metadata"]["annotations"][text], json!(text), "{yaml}");
        }
    }
}
