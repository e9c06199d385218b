//! `check`: whether the output file may be replaced: it is empty, or holds only the SealedSecrets that are made again, and nothing of
//! them gets lost.

use crate::commands::common::seal_for::annotation::text;
use crate::commands::common::seal_for::project_recipients::ProjectRecipients;
use crate::error::{CommandError, Hint};
use crate::files::encoding::to_utf8;
use crate::files::output::Output;
use crate::manifest::sealed_file::SealedFile;
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::yaml::node::YamlValue;
use crate::manifest::yaml::parse::parse;
use crate::terminal::escape::{shown, shown_path};
use api::annotations::{
    CERTIFICATE_FINGERPRINT, CLUSTER_WIDE, ITEM_CERTIFICATES, NAMESPACE_WIDE, RECIPIENTS,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use yaml_edit_in_place::split::documents;

/// The type of a Secret without one.
const DEFAULT_TYPE: &str = "Opaque";

/// Annotations that a new SealedSecret gets, or has no need of.
const STATED_ANEW: [&str; 5] =
    [CLUSTER_WIDE, NAMESPACE_WIDE, CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES, RECIPIENTS];

/// Why a file is not replaced.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExistingOutputError {
    #[error("cannot read {}", shown_path(.path))]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} holds something else than the SealedSecret {name} alone", shown_path(.path))]
    HoldsOther { path: PathBuf, name: String },
    #[error("the SealedSecret {name} in {} also holds {}, which {} not given now", shown_path(.path), .lost.join(", "),
            if .lost.len() == 1 { "is" } else { "are" })]
    Loses { path: PathBuf, name: String, lost: Vec<String> },
}

impl Hint for ExistingOutputError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read { .. } => {
                "name a file that exists and may be read; a relative path starts at the present directory".into()
            }
            Self::HoldsOther { .. } => {
                "write to another file; add to the SealedSecret of this name in it, with `create --merge-into FILE`; or overwrite all \
                 of it with --force"
                    .into()
            }
            Self::Loses { .. } => {
                "add to it, with `create --merge-into FILE`; or overwrite all of it with --force; nothing was changed".into()
            }
        })
    }
}

/// The fields of a new SealedSecret beside its items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template<'a> {
    pub metadata: &'a ObjectMeta,
    pub type_: Option<&'a str>,
    pub immutable: Option<bool>,
}

/// A SealedSecret that is to be written: its fields, and the keys of its items.
pub(crate) type NewObject<'a> = (Template<'a>, BTreeSet<&'a str>);

/// Refuses a file with other objects, or one that cannot be read; and a SealedSecret that holds more than the new one. `recipients`
/// are those of the project file; without them, the recipients in the file would get lost.
pub(crate) fn check(
    output: &Output,
    new: &[NewObject<'_>],
    recipients: Option<&ProjectRecipients>,
) -> Result<(), CommandError> {
    let Output::File(path) = output else { return Ok(()) };
    // A pipe and a file that does not exist hold nothing.
    if !fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return Ok(());
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => to_utf8(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(ExistingOutputError::Read { path: path.clone(), source }.into()),
    };
    let names = || {
        let names: Vec<&str> =
            new.iter().map(|(template, _)| template.metadata.name.as_deref().unwrap_or_default()).collect();
        names.join(", ")
    };
    let there = std::str::from_utf8(&bytes).ok().and_then(|text| sealed_alone(text, new));
    let Some(there) = there else {
        return Err(ExistingOutputError::HoldsOther { path: path.clone(), name: names() }.into());
    };
    for (object, (template, keys)) in &there {
        let mut lost = lost(object, template, keys);
        match recipients {
            Some(recipients) => recipients.check(object)?,
            None if text(object).is_some() => lost.push("its recipients".to_owned()),
            None => {}
        }
        if !lost.is_empty() {
            let name = object.metadata.name.clone().unwrap_or_default();
            return Err(ExistingOutputError::Loses { path: path.clone(), name, lost }.into());
        }
    }
    Ok(())
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

/// The SealedSecrets in the file, each with the new one of its name and namespace. None if there is something else.
fn sealed_alone<'a>(text: &str, new: &'a [NewObject<'a>]) -> Option<Vec<(SealedObject, &'a NewObject<'a>)>> {
    let mut objects = 0;
    for document in documents(text) {
        let nodes = parse(document).ok()?;
        objects += nodes.iter().filter(|node| !matches!(node.value, YamlValue::Null)).count();
    }
    let file = SealedFile::read(text).ok()?;
    let again = |object: &SealedObject| {
        new.iter().find(|(template, _)| {
            object.metadata.name == template.metadata.name
                && object.metadata.namespace == template.metadata.namespace
        })
    };
    let known: Option<Vec<_>> =
        file.objects().iter().map(|object| Some((object.clone(), again(object)?))).collect();
    known.filter(|known| known.len() == objects)
}
