//! `check`: whether the file that is written to may be replaced: where it holds nothing, or what is made anew.
//! `check_merged`: whether the file holds the SealedSecret that values are added to.

use super::error::CreateError;
use crate::manifest::{Content, documents, parse};
use crate::output::Output;
use crate::sealed_file::{SealedFile, SealedObject};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::fs;
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// Refuses a file with other objects in it, or with what cannot be told.
pub(super) fn check(output: &Output, metadata: &ObjectMeta) -> Result<(), CreateError> {
    let Output::File(path) = output else { return Ok(()) };
    // What is no file, such as a pipe, holds nothing; what is not there neither.
    if !fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return Ok(());
    }
    let is_replaceable = match fs::read(path) {
        Ok(bytes) => std::str::from_utf8(&bytes).is_ok_and(|text| holds_only(text, metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(source) => return Err(CreateError::Read { path: path.clone(), source }),
    };
    if is_replaceable {
        return Ok(());
    }
    let name = metadata.name.clone().unwrap_or_default();
    Err(CreateError::HoldsOther { path: path.clone(), name })
}

/// Refuses a file in which there is not the one SealedSecret of this name, where it can be told: a value in another's place is lost.
pub(super) fn check_merged(path: &Path, name: &str, namespace: Option<&str>) -> Result<(), CreateError> {
    let bytes = Zeroizing::new(fs::read(path).unwrap_or_default());
    let Some(file) = std::str::from_utf8(&bytes).ok().and_then(|text| SealedFile::read(text).ok()) else {
        return Ok(());
    };
    let fits = |object: &&SealedObject| {
        let own = object.metadata.namespace.as_deref();
        object.metadata.name.as_deref() == Some(name)
            && namespace.is_none_or(|namespace| own.is_none_or(|own| own == namespace))
    };
    match (file.objects().len(), file.objects().iter().filter(fits).count()) {
        // What merges has words for that.
        (0, _) | (_, 1) => Ok(()),
        (_, count) => Err(CreateError::NotTheOne { path: path.to_owned(), name: name.to_owned(), count }),
    }
}

/// Whether there is nothing but a SealedSecret of this name and namespace, if that.
fn holds_only(text: &str, metadata: &ObjectMeta) -> bool {
    let mut objects = 0;
    for document in documents(text) {
        let Ok(nodes) = parse(document) else { return false };
        objects += nodes.iter().filter(|node| !matches!(node.content, Content::Null)).count();
    }
    let Ok(file) = SealedFile::read(text) else { return false };
    match (objects, file.objects()) {
        (0, []) => true,
        (1, [object]) => {
            object.metadata.name == metadata.name && object.metadata.namespace == metadata.namespace
        }
        _ => false,
    }
}
