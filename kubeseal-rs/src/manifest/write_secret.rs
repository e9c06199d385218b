//! `write_secret`: an opened Secret as a JSON object or a YAML document, laid out as upstream's.
//!
//! Values go from where they are wiped straight into what is wiped: no `serde_json::Value` holds one on the way.

use crate::files::wiped::Wiped;
use crate::manifest::write::{RenderError, reorder, to_yaml};
use crate::settings::flag_value::Format;
use base64::display::Base64Display;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use envelope::Plaintext;
use sealing::UnsealedSecret;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The fields in Go's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    kind: &'a str,
    api_version: &'a str,
    metadata: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    immutable: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data: BTreeMap<&'a str, Encoded<'a>>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    type_: Option<&'a str>,
}

/// A value that is written in base64.
struct Encoded<'a>(&'a Plaintext);

impl<'a> Encoded<'a> {
    fn display(&self) -> Base64Display<'a, 'static, GeneralPurpose> {
        Base64Display::new(self.0.expose(), &STANDARD)
    }
}

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // serde_json streams it into its writer.
        serializer.collect_str(&self.display())
    }
}

/// Appends `secret` to `written`.
pub(crate) fn write_secret(
    format: Format,
    secret: &UnsealedSecret,
    written: &mut Wiped,
) -> Result<(), RenderError> {
    let type_ = secret.type_.as_deref().filter(|name| !name.is_empty());
    let metadata = serde_json::to_value(&secret.metadata).map_err(RenderError::Json)?;
    match format {
        Format::Json => {
            let fields = Fields {
                kind: "Secret",
                api_version: "v1",
                metadata: in_gos_order(metadata),
                immutable: secret.immutable,
                data: secret.data.iter().map(|(key, value)| (key.as_str(), Encoded(value))).collect(),
                type_,
            };
            serde_json::to_writer_pretty(&mut *written, &fields).map_err(RenderError::Json)?;
            written.push(b"\n");
        }
        Format::Yaml => {
            written.push(b"---\napiVersion: v1\n");
            write_data(&secret.data, written)?;
            let mut rest = json!({ "kind": "Secret", "metadata": metadata });
            if let Some(immutable) = secret.immutable {
                rest["immutable"] = immutable.into();
            }
            if let Some(type_) = type_ {
                rest["type"] = type_.into();
            }
            written.push(to_yaml(rest)?.trim_end().as_bytes());
            written.push(b"\n");
        }
    }
    Ok(())
}

fn write_data(data: &BTreeMap<String, Plaintext>, written: &mut Wiped) -> Result<(), RenderError> {
    if !data.is_empty() {
        written.push(b"data:\n");
    }
    for (key, value) in data {
        // The writer knows which keys want quotes; the value after it is ours.
        let line = to_yaml(json!({ key.as_str(): true }))?;
        let key = line.trim_end().strip_suffix(" true").unwrap_or_default();
        written.push(b"  ");
        written.push(key.as_bytes());
        written.push(b" ");
        let value = Encoded(value);
        let start = written.bytes().len();
        append(written, &value);
        if reads_as_another_type(&written.bytes()[start..]) {
            written.cut(start);
            written.push(b"\"");
            append(written, &value);
            written.push(b"\"");
        }
        written.push(b"\n");
    }
    Ok(())
}

fn append(written: &mut Wiped, value: &Encoded<'_>) {
    use std::io::Write as _;
    // Writing into memory does not fail.
    let _ = write!(written, "{}", value.display());
}

/// Whether YAML might take this base64 for a number, a boolean or nothing.
fn reads_as_another_type(base64: &[u8]) -> bool {
    let word = [&b"true"[..], b"null"].iter().any(|word| base64.eq_ignore_ascii_case(word));
    word || !base64.iter().any(|c| c.is_ascii_alphabetic() && !b"abcdefoxABCDEFOX".contains(c))
}

/// The order in which Go has the fields, as far as they occur.
fn in_gos_order(mut metadata: Value) -> Value {
    reorder(
        &mut metadata,
        &["name", "generateName", "namespace", "labels", "annotations", "ownerReferences", "finalizers"],
    );
    if let Some(Value::Array(owners)) = metadata.get_mut("ownerReferences") {
        for owner in owners {
            reorder(owner, &["apiVersion", "kind", "name", "uid", "controller"]);
        }
    }
    metadata
}
