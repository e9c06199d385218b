//! `write`: a SealedSecret as a JSON object or a YAML document, laid out as upstream's.

use crate::cli::Format;
use api::SealedSecret;
use serde_json::{Map, Value};

/// A SealedSecret could not be written out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenderError {
    #[error("cannot write the SealedSecret as JSON")]
    Json(#[source] serde_json::Error),
    #[error("cannot write the SealedSecret as YAML")]
    Yaml(#[source] serde_saphyr::ser::Error),
}

/// Appends `sealed` to `written`.
pub(crate) fn write(format: Format, sealed: &SealedSecret, written: &mut Vec<u8>) -> Result<(), RenderError> {
    let value = serde_json::to_value(sealed).map_err(RenderError::Json)?;
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *written, &in_gos_order(value)).map_err(RenderError::Json)?;
            written.push(b'\n');
        }
        Format::Yaml => {
            // Escapes instead of block scalars for text of several lines: what is in it then cannot end a document.
            let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
            let text = serde_saphyr::to_string_with_options(&sorted(value), options).map_err(RenderError::Yaml)?;
            written.extend_from_slice(b"---\n");
            written.extend_from_slice(text.trim_end().as_bytes());
            written.push(b'\n');
        }
    }
    Ok(())
}

/// The order in which Go has the fields, as far as they occur.
fn in_gos_order(mut value: Value) -> Value {
    const METADATA: &[&str] = &["name", "generateName", "namespace", "labels", "annotations", "finalizers"];
    let orders: [(&str, &[&str]); 5] = [
        ("", &["kind", "apiVersion", "metadata", "spec"]),
        ("/metadata", METADATA),
        ("/spec", &["template", "encryptedData"]),
        ("/spec/template", &["metadata", "type", "immutable"]),
        ("/spec/template/metadata", METADATA),
    ];
    for (path, order) in orders {
        if let Some(Value::Object(map)) = value.pointer_mut(path) {
            let mut rest = std::mem::take(map);
            for key in order {
                map.extend(rest.shift_remove_entry(*key));
            }
            map.extend(rest);
        }
    }
    value
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
