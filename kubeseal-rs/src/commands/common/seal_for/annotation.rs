//! The recipients that a SealedSecret has in its annotation: `read` and `check_known` before it is changed, [`warn_of_size`] after.

use crate::commands::common::seal_for::error::SealForError;
use crate::commands::common::seal_for::recipient_keys;
use crate::manifest::sealed_secrets::SealedObject;
use crate::project::key_id::KeyId;
use crate::terminal::warnings::warn;
use api::annotations::{LAST_APPLIED, RECIPIENTS};
use recipients::{Entry, Recipients};
use sealing::recipients_in;
use serde_json::Value;
use std::fmt::Display;

/// The API server takes 256 KiB in all annotations of an object; the rest is for what other programs add.
const LARGEST: usize = 240 << 10;

/// The text of the annotation.
pub(crate) fn text(object: &SealedObject) -> Option<&str> {
    object.metadata.annotations.as_ref()?.get(RECIPIENTS).map(String::as_str)
}

/// The recipients, if the object has the annotation.
pub(crate) fn read(object: &SealedObject) -> Result<Option<Recipients>, SealForError> {
    let recipients = recipients_in(object.metadata.annotations.as_ref()).transpose();
    recipients.map_err(|source| SealForError::Annotation { location: object.location.clone(), source })
}

/// Refuses an object with a recipient that is none of `accepted`.
pub(crate) fn check_known(object: &SealedObject, accepted: &[KeyId]) -> Result<(), SealForError> {
    let Some(recipients) = read(object)? else { return Ok(()) };
    let accepted: Vec<String> = accepted.iter().map(ToString::to_string).collect();
    let mut unknown = Vec::new();
    for entry in recipients.groups().iter().flat_map(recipients::Group::to) {
        let (id, short) = match entry {
            Entry::Certificate { fingerprint, .. } => (fingerprint.to_string(), fingerprint.short()),
            Entry::Age { recipient, .. } => {
                (recipient.to_string(), recipient_keys::short(recipient.as_str()))
            }
        };
        if !accepted.contains(&id) && !unknown.contains(&short) {
            unknown.push(short);
        }
    }
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(SealForError::Unknown { location: object.location.clone(), recipients: unknown })
    }
}

/// Warns if client-side `kubectl apply` cannot apply the object, because it keeps a copy of the object in an annotation.
pub(crate) fn warn_of_size(location: impl Display, object: &Value) {
    let annotations = object.pointer("/metadata/annotations").and_then(Value::as_object);
    let Some(annotations) = annotations.filter(|annotations| annotations.contains_key(RECIPIENTS)) else {
        return;
    };
    let own = annotations.iter().map(|(name, value)| name.len() + value.as_str().unwrap_or_default().len());
    let size = own.sum::<usize>() + LAST_APPLIED[0].len() + object.to_string().len();
    if size > LARGEST {
        warn(format_args!(
            "the SealedSecret in {location} is applied with `kubectl apply --server-side` only: with the copy that client-side apply \
             keeps, its annotations have {} KiB, and the API server takes 256",
            size.div_ceil(1 << 10)
        ));
    }
}
