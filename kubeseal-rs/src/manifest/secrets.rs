//! `read`: the Secrets in a stream of manifests. Anything else in it is an error. `secret` reads the fields of one.

pub(crate) mod secret;

use crate::files::input::Input;
use crate::manifest::error::ManifestError;
use crate::manifest::field::FieldReader;
use crate::manifest::location::Location;
use crate::manifest::names::shown_kind;
use crate::manifest::objects::{DEFAULT_KIND, each_object, each_object_of};
use crate::manifest::secrets::secret::{FIELDS, field_meant_by, read_fields};
use crate::manifest::yaml::invalid::InvalidManifest;
use crate::manifest::yaml::stream::StreamedDocument;
use sealing::SecretToSeal;
use yaml_edit_in_place::split::DocumentText;

/// A Secret, and where it was read.
#[derive(Debug)]
pub(crate) struct InputSecret {
    pub location: Location,
    pub secret: SecretToSeal,
}

/// Reads every Secret in `bytes`, which came from `input`.
pub(crate) fn read(input: &Input, bytes: &[u8]) -> Result<Vec<InputSecret>, ManifestError> {
    let mut secrets = Vec::new();
    each_object(input, bytes, &mut |object| read_object(object, &mut secrets))?;
    if secrets.is_empty() {
        return Err(ManifestError::Nothing(input.clone()));
    }
    Ok(secrets)
}

/// Reads every Secret in a document, which came from `input`. Returns the number of objects as well. Errors count documents from
/// this one.
pub(crate) fn read_document(
    input: &Input,
    document: &StreamedDocument,
) -> Result<(usize, Vec<InputSecret>), ManifestError> {
    let text = std::str::from_utf8(&document.bytes).map_err(|_| ManifestError::NotText(input.clone()))?;
    let document = DocumentText { text, first_line: document.first_line };
    let mut secrets = Vec::new();
    let count = each_object_of(input, document, 0, &mut |object| read_object(object, &mut secrets))?;
    Ok((count, secrets))
}

/// A Secret, or a List of them.
fn read_object(object: FieldReader, secrets: &mut Vec<InputSecret>) -> Result<(), ManifestError> {
    let location = object.location.clone();
    let fields = object.object(FIELDS)?;
    let mut kind = None;
    let mut version = None;
    let mut rest = Vec::with_capacity(fields.len());
    for (name, field) in fields {
        match name.as_str() {
            "kind" => kind = field.text()?,
            "apiVersion" => version = field.text()?,
            _ => rest.push((name, field)),
        }
    }
    let refuse = |problem| Err(ManifestError::At { location: location.clone(), problem });
    let has = |wanted: &str| rest.iter().any(|(name, field)| name == wanted && !field.is_null());
    // Go programs marshal a list from the API server, and its items, without a kind.
    let is_bare_list =
        kind.as_deref().is_none_or(str::is_empty) && has("items") && !has("data") && !has("stringData");
    match kind.as_deref() {
        // As in upstream's kubeseal: an object without a kind is read as a Secret.
        None | Some("" | "Secret" | "List" | "SecretList") => {}
        Some(kind) => return refuse(InvalidManifest::OtherKind(shown_kind(kind).to_owned())),
    }
    if let Some(version) = version.filter(|version| !version.is_empty() && version != "v1") {
        return refuse(InvalidManifest::OtherVersion(shown_kind(&version).to_owned()));
    }
    if is_bare_list || kind.is_some_and(|kind| kind.ends_with("List")) {
        return read_list(&location, rest, secrets);
    }
    for (name, field) in &rest {
        if let Some(meant) = field_meant_by(name) {
            return Err(field.invalid(InvalidManifest::Mistyped(meant)));
        }
    }
    secrets.push(InputSecret { secret: read_fields(rest)?, location });
    Ok(())
}

fn read_list(
    location: &Location,
    fields: Vec<(String, FieldReader)>,
    secrets: &mut Vec<InputSecret>,
) -> Result<(), ManifestError> {
    for (_, field) in fields.into_iter().filter(|(name, _)| name == "items") {
        for (index, node) in field.list()?.into_iter().enumerate() {
            let location = location.item(index + 1, node.position);
            read_object(FieldReader::of_object(location, node, DEFAULT_KIND), secrets)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
