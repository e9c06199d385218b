//! `check`: whether the file that is written to may be replaced: where it holds nothing, or what is made anew, all of it.
//! `check_merged`: whether the file holds the SealedSecret that values are added to.

use super::error::CreateError;
use crate::encoding::to_utf8;
use crate::manifest::{Content, documents, parse};
use crate::output::Output;
use crate::sealed_file::{SealedFile, SealedObject};
use crate::shown::shown;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// Refuses a file with other objects in it, or with what cannot be told; and a SealedSecret with more in it than is made anew: these
/// `keys`, and the labels and annotations of `metadata`.
pub(super) fn check(
    output: &Output,
    metadata: &ObjectMeta,
    keys: &BTreeSet<&str>,
) -> Result<(), CreateError> {
    let Output::File(path) = output else { return Ok(()) };
    // What is no file, such as a pipe, holds nothing; what is not there neither.
    if !fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return Ok(());
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => to_utf8(Zeroizing::new(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(CreateError::Read { path: path.clone(), source }),
    };
    let name = metadata.name.clone().unwrap_or_default();
    let there = std::str::from_utf8(&bytes).map_err(|_| SomethingElse);
    let Ok(there) = there.and_then(|text| sealed_alone(text, metadata)) else {
        return Err(CreateError::HoldsOther { path: path.clone(), name });
    };
    let lost = there.map(|object| lost(&object, metadata, keys)).unwrap_or_default();
    if lost.is_empty() { Ok(()) } else { Err(CreateError::Loses { path: path.clone(), name, lost }) }
}

/// What of the SealedSecret would not be in the new one, in words.
fn lost(there: &SealedObject, metadata: &ObjectMeta, keys: &BTreeSet<&str>) -> Vec<String> {
    let template = &there.spec.template;
    let plain = template.metadata.clone().unwrap_or_default();
    let named = |what: &str, name: &str| format!("{what} \"{}\"", shown(name));
    let items = there.spec.encrypted_data.keys().filter(|key| !keys.contains(key.as_str()));
    let mut lost: Vec<String> = items.map(|key| named("the item", key)).collect();
    lost.extend(there.spec.data.iter().map(|_| "everything in spec.data".to_owned()));
    lost.extend(template.data.iter().flatten().map(|(key, _)| named("the template", key)));
    for (what, before, after) in [
        ("the label", plain.labels, &metadata.labels),
        ("the annotation", plain.annotations, &metadata.annotations),
    ] {
        let is_kept = |name: &String| after.as_ref().is_some_and(|after| after.contains_key(name));
        let names = before.into_iter().flatten().map(|(name, _)| name);
        lost.extend(names.filter(|name| !is_kept(name)).map(|name| named(what, &name)));
    }
    lost
}

/// Refuses a file in which there is not the one SealedSecret of this name, where it can be told: a value in another's place is lost.
pub(super) fn check_merged(path: &Path, name: &str, namespace: Option<&str>) -> Result<(), CreateError> {
    let bytes = to_utf8(Zeroizing::new(fs::read(path).unwrap_or_default()));
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

/// The file holds something else than the SealedSecret that is made anew.
struct SomethingElse;

/// The SealedSecret of this name and namespace, if there is one.
fn sealed_alone(text: &str, metadata: &ObjectMeta) -> Result<Option<SealedObject>, SomethingElse> {
    let mut objects = 0;
    for document in documents(text) {
        let nodes = parse(document).map_err(|_| SomethingElse)?;
        objects += nodes.iter().filter(|node| !matches!(node.content, Content::Null)).count();
    }
    let file = SealedFile::read(text).map_err(|_| SomethingElse)?;
    let is_same = |object: &SealedObject| {
        object.metadata.name == metadata.name && object.metadata.namespace == metadata.namespace
    };
    match (objects, file.objects()) {
        (0, []) => Ok(None),
        (1, [object]) if is_same(object) => Ok(Some(object.clone())),
        _ => Err(SomethingElse),
    }
}
