//! `check`: whether the output file may be replaced: it is empty, or holds only the SealedSecret that is created again,
//! and nothing of it gets lost. `check_merged`: whether the file holds the SealedSecret to which values are added.

use crate::commands::create::error::CreateError;
use crate::files::encoding::to_utf8;
use crate::files::output::Output;
use crate::manifest::sealed_file::SealedFile;
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::yaml::node::YamlValue;
use crate::manifest::yaml::parse::parse;
use crate::terminal::escape::shown;
use api::annotations::{CERTIFICATE_FINGERPRINT, CLUSTER_WIDE, NAMESPACE_WIDE};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use yaml_edit_in_place::split::documents;

/// The type of a Secret without one.
const DEFAULT_TYPE: &str = "Opaque";

/// Annotations that every new SealedSecret gets.
const STATED_ANEW: [&str; 3] = [CLUSTER_WIDE, NAMESPACE_WIDE, CERTIFICATE_FINGERPRINT];

/// The fields of the new SealedSecret beside its items.
pub(crate) struct Template<'a> {
    pub metadata: &'a ObjectMeta,
    pub type_: Option<&'a str>,
    pub immutable: Option<bool>,
}

/// Refuses a file with other objects, or one that cannot be read; and a SealedSecret that holds more than the new one,
/// which has these `keys` and this `template`.
pub(crate) fn check(
    output: &Output,
    template: &Template<'_>,
    keys: &BTreeSet<&str>,
) -> Result<(), CreateError> {
    let metadata = template.metadata;
    let Output::File(path) = output else { return Ok(()) };
    // A pipe and a file that does not exist hold nothing.
    if !fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return Ok(());
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => to_utf8(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(CreateError::Read { path: path.clone(), source }),
    };
    let name = metadata.name.clone().unwrap_or_default();
    let there = std::str::from_utf8(&bytes).map_err(|_| SomethingElse);
    let Ok(there) = there.and_then(|text| sealed_alone(text, metadata)) else {
        return Err(CreateError::HoldsOther { path: path.clone(), name });
    };
    let lost = there.map(|object| lost(&object, template, keys)).unwrap_or_default();
    if lost.is_empty() { Ok(()) } else { Err(CreateError::Loses { path: path.clone(), name, lost }) }
}

/// What the existing SealedSecret has and the new one has not, in words.
fn lost(there: &SealedObject, new: &Template<'_>, keys: &BTreeSet<&str>) -> Vec<String> {
    let template = &there.spec.template;
    let items = there.spec.encrypted_data.keys().filter(|key| !keys.contains(key.as_str()));
    let mut lost: Vec<String> = items.map(|key| named("the item", key)).collect();
    lost.extend(there.spec.data.iter().map(|_| "everything in spec.data".to_owned()));
    lost.extend(template.data.iter().flatten().map(|(key, _)| named("the template", key)));
    let is_other = |type_: &&str| *type_ != new.type_.unwrap_or(DEFAULT_TYPE) && *type_ != DEFAULT_TYPE;
    lost.extend(template.type_.as_deref().filter(is_other).map(|type_| named("the type", type_)));
    if template.immutable == Some(true) && new.immutable != Some(true) {
        lost.push("that the Secret is immutable".to_owned());
    }
    if let Some(before) = &template.metadata {
        lost.extend(lost_metadata("the", before, new.metadata));
    }
    let annotations = STATED_ANEW.map(|name| (name.to_owned(), String::new()));
    let own = ObjectMeta { annotations: Some(annotations.into()), ..ObjectMeta::default() };
    lost.extend(lost_metadata("its own", &there.metadata, &own));
    lost
}

/// Labels, annotations and finalizers in `before` that are not in `after`.
fn lost_metadata(whose: &str, before: &ObjectMeta, after: &ObjectMeta) -> Vec<String> {
    let mut lost = Vec::new();
    for (what, before, after) in
        [("label", &before.labels, &after.labels), ("annotation", &before.annotations, &after.annotations)]
    {
        let remains = |name: &String| after.as_ref().is_some_and(|after| after.contains_key(name));
        let gone = before.iter().flatten().map(|(name, _)| name).filter(|name| !remains(name));
        lost.extend(gone.map(|name| named(&format!("{whose} {what}"), name)));
    }
    let finalizers = before.finalizers.iter().flatten();
    let remains = |name: &String| after.finalizers.as_ref().is_some_and(|after| after.contains(name));
    lost.extend(
        finalizers.filter(|name| !remains(name)).map(|name| named(&format!("{whose} finalizer"), name)),
    );
    lost
}

fn named(what: &str, name: &str) -> String {
    format!("{what} \"{}\"", shown(name))
}

/// Refuses a file that does not hold exactly one SealedSecret of this name, as far as that is known: a value in another
/// SealedSecret would be lost.
pub(crate) fn check_merged(path: &Path, name: &str, namespace: Option<&str>) -> Result<(), CreateError> {
    let bytes = to_utf8(fs::read(path).unwrap_or_default());
    let Some(file) = std::str::from_utf8(&bytes).ok().and_then(|text| SealedFile::read(text).ok()) else {
        return Ok(());
    };
    let fits = |object: &&SealedObject| {
        let own = object.metadata.namespace.as_deref();
        object.metadata.name.as_deref() == Some(name)
            && namespace.is_none_or(|namespace| own.is_none_or(|own| own == namespace))
    };
    match (file.objects().len(), file.objects().iter().filter(fits).count()) {
        // The merge has an error message for that.
        (0, _) | (_, 1) => Ok(()),
        (_, count) => Err(CreateError::NotTheOne { path: path.to_owned(), name: name.to_owned(), count }),
    }
}

/// The file holds something else than the SealedSecret that is created.
struct SomethingElse;

/// The SealedSecret of this name and namespace, if there is one.
fn sealed_alone(text: &str, metadata: &ObjectMeta) -> Result<Option<SealedObject>, SomethingElse> {
    let mut objects = 0;
    for document in documents(text) {
        let nodes = parse(document).map_err(|_| SomethingElse)?;
        objects += nodes.iter().filter(|node| !matches!(node.value, YamlValue::Null)).count();
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
