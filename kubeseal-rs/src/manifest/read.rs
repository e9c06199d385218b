//! `read`: a stream of manifests into the Secrets in it; all of them, or an error.

use super::documents::documents;
use super::error::ManifestError;
use super::fault::Fault;
use super::field::Field;
use super::parse::parse;
use super::place::Place;
use super::secret;
use crate::input::Input;
use sealing::SecretToSeal;

/// A Secret, and where it was read.
#[derive(Debug)]
pub(crate) struct InputSecret {
    pub place: Place,
    pub secret: SecretToSeal,
}

/// Reads every Secret in `bytes`, which came from `input`.
pub(crate) fn read(input: &Input, bytes: &[u8]) -> Result<Vec<InputSecret>, ManifestError> {
    let stream = std::str::from_utf8(bytes).map_err(|_| ManifestError::NotText(input.clone()))?;
    let mut secrets = Vec::new();
    let mut number = 0;
    for document in documents(stream) {
        let nodes = parse(document).map_err(|broken| ManifestError::At {
            place: Place::document(input, number + 1, broken.position),
            fault: broken.fault,
        })?;
        for node in nodes {
            number += 1;
            let place = Place::document(input, number, node.position);
            let field = Field::new(place, node);
            if !field.is_empty() {
                read_object(field, &mut secrets)?;
            }
        }
    }
    if secrets.is_empty() {
        return Err(ManifestError::Nothing(input.clone()));
    }
    Ok(secrets)
}

/// A Secret, or a List of them.
fn read_object(object: Field, secrets: &mut Vec<InputSecret>) -> Result<(), ManifestError> {
    let place = object.place.clone();
    let fields = object.object(secret::FIELDS)?;
    let mut kind = None;
    let mut version = None;
    let mut rest = Vec::with_capacity(fields.len());
    for (name, field) in fields {
        match name.as_str() {
            "kind" => kind = field.plain_text()?,
            "apiVersion" => version = field.plain_text()?,
            _ => rest.push((name, field)),
        }
    }
    let refuse = |fault| {
        Err(ManifestError::At {
            place: place.clone(),
            fault,
        })
    };
    match kind.as_deref() {
        // As upstream has it: an object without a kind is taken for a Secret.
        None | Some("" | "Secret" | "List" | "SecretList") => {}
        Some(kind) => return refuse(Fault::OtherKind(shown(kind))),
    }
    if let Some(version) = version.filter(|version| !version.is_empty() && version != "v1") {
        return refuse(Fault::OtherVersion(shown(&version)));
    }
    if kind.is_some_and(|kind| kind.ends_with("List")) {
        return read_list(&place, rest, secrets);
    }
    secrets.push(InputSecret {
        secret: secret::read(rest)?,
        place,
    });
    Ok(())
}

fn read_list(
    place: &Place,
    fields: Vec<(String, Field)>,
    secrets: &mut Vec<InputSecret>,
) -> Result<(), ManifestError> {
    for (_, field) in fields.into_iter().filter(|(name, _)| name == "items") {
        for (index, node) in field.list()?.into_iter().enumerate() {
            let place = place.item(index + 1, node.position);
            read_object(Field::new(place, node), secrets)?;
        }
    }
    Ok(())
}

/// A kind or version, unless it is something else that went into the wrong field.
fn shown(name: &str) -> String {
    let is_name = name.len() <= 63 && name.chars().all(|c| c.is_ascii_alphanumeric() || "./-".contains(c));
    if is_name { name.into() } else { "(something else)".into() }
}
