//! `merge_into`: adds a Secret's values to an existing SealedSecret, sealed for that SealedSecret's namespace, name and scope.
//!
//! Everything else in the file stays as it is, byte for byte.

pub(crate) mod error;
pub(crate) mod target;

use crate::commands::common::annotations::check_annotations;
use crate::commands::common::seal_for::annotation::warn_of_size;
use crate::commands::common::seal_for::item_sealer::{ItemSealer, KeyedFile};
use crate::commands::common::settle::warn_of_default_scope;
use crate::commands::common::written::Written;
use crate::commands::upstream::merge_into::error::MergeError;
use crate::commands::upstream::merge_into::target::target_of;
use crate::commands::upstream::task::MergeInto;
use crate::error::{CommandError, Context as _};
use crate::files::file_update::{FileUpdate, replace_all};
use crate::files::input::Input;
use crate::manifest::location::Location;
use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_file::{ObjectEdit, SealedFile, SealedFileError};
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::secrets::{self, InputSecret};
use crate::settings::flag_value::Format;
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::warnings::warn;
use api::Scope;
use api::annotations::{CLUSTER_WIDE, NAMESPACE_WIDE, repeats_object};
use yaml_edit_in_place::Change;

/// The annotations that state a scope.
const SCOPES: [&str; 2] = [CLUSTER_WIDE, NAMESPACE_WIDE];

pub(crate) fn merge_into(merge: &MergeInto) -> Result<(), CommandError> {
    merge_secrets(merge, || {
        let bytes = merge.secret.read_text("a Secret, in YAML or JSON,")?;
        Ok(secrets::read(&merge.secret, &bytes)?)
    })
}

/// Merges Secrets that are read last, when nothing else can fail.
pub(crate) fn merge_secrets(
    merge: &MergeInto,
    secrets: impl FnOnce() -> Result<Vec<InputSecret>, CommandError>,
) -> Result<(), CommandError> {
    // Before anything is sealed, so that the user types no Secret into a terminal in vain.
    let mut sealers = Vec::new();
    for target in &merge.targets {
        let update = FileUpdate::read(&target.file)
            .map_err(|source| MergeError::Target { path: target.file.clone(), source: source.cause() })?;
        let file = sealed(target, &update)?;
        warn_of_no_effect(merge, target, &file);
        target.keys.check(file.objects()).context(cannot_change(target))?;
        update.can_be_replaced().context(cannot_change(target))?;
        sealers.push(target.keys.sealer()?);
    }
    let secrets = secrets()?;
    // Once more, because no lock was held while the user typed.
    let (mut updates, mut written) = (Vec::new(), Vec::new());
    for (target, sealer) in merge.targets.iter().zip(&sealers) {
        let (update, text, of_file) = merged(merge, target, sealer, &secrets)?;
        updates.push((update, text));
        written.push(of_file);
    }
    replace_all(&updates).map_err(|(index, error)| {
        CommandError::from(error).context(merge.targets.get(index).map(cannot_change).unwrap_or_default())
    })?;
    for (target, written) in merge.targets.iter().zip(&written) {
        target.keys.print_written(&target.file, written);
    }
    Ok(())
}

/// The locked file of a target, its new text, and what is new in it.
fn merged(
    merge: &MergeInto,
    target: &KeyedFile,
    sealer: &ItemSealer,
    secrets: &[InputSecret],
) -> Result<(FileUpdate, String, Written), CommandError> {
    let update = FileUpdate::locked(&target.file).context(cannot_change(target))?;
    let mut file = sealed(target, &update)?;
    target.keys.check(file.objects()).context(cannot_change(target))?;
    if file.objects().len() == 1 && secrets.len() > 1 {
        return Err(MergeError::SeveralSecrets(secrets.len()).into());
    }
    let mut edits: Vec<ObjectEdit> = Vec::new();
    let mut written = Written::default();
    for secret in secrets {
        let index = target_of(secret, file.objects())?;
        // A second merge into the same SealedSecret works on the result of the first.
        if edits.iter().any(|edit| edit.index == index) {
            carry_out(&mut file, &mut edits).context(cannot_change(target))?;
        }
        let object = file.objects()[index].clone();
        let location = object.location.clone().of(&Input::File(target.file.clone()));
        let changes = changes(merge, sealer, secret, &object, &location)?;
        edits.push(ObjectEdit { index, changes });
        written.add(&object.metadata, secret.secret.data.len());
    }
    carry_out(&mut file, &mut edits).context(cannot_change(target))?;
    for object in file.objects() {
        warn_of_size(&object.location, &object.object);
    }
    let text = file.text();
    Ok((update, text, written))
}

fn cannot_change(target: &KeyedFile) -> String {
    format!("cannot change {}", shown_path(&target.file))
}

fn carry_out(file: &mut SealedFile, edits: &mut Vec<ObjectEdit>) -> Result<(), SealedFileError> {
    file.edit_all(&std::mem::take(edits)).into_iter().collect()
}

/// A warning instead of an error, because scripts that seal anew may set these flags.
fn warn_of_no_effect(merge: &MergeInto, target: &KeyedFile, sealed: &SealedFile) {
    let file = shown_path(&target.file);
    if let Some(elsewhere) = &merge.elsewhere {
        let elsewhere = shown_path(elsewhere);
        warn(format_args!(
            "--sealed-secret-file {elsewhere} has no effect: --merge-into changes {file} in place"
        ));
    }
    let (format, other) = if sealed.is_json() { ("JSON", Format::Yaml) } else { ("YAML", Format::Json) };
    if merge.format == Some(other) {
        warn(format_args!("--format has no effect: --merge-into leaves {file} the {format} that it is"));
    }
}

/// The SealedSecrets of the target; at least one.
fn sealed(target: &KeyedFile, update: &FileUpdate) -> Result<SealedFile, CommandError> {
    let text = update.text().map_err(|_| MergeError::Nothing(target.file.clone()))?;
    let file = SealedFile::read(text).context(cannot_change(target))?;
    if file.objects().is_empty() {
        return Err(MergeError::Nothing(target.file.clone()).into());
    }
    Ok(file)
}

/// Seals the values under the target's namespace, name and scope.
fn changes(
    merge: &MergeInto,
    sealer: &ItemSealer,
    InputSecret { location, secret }: &InputSecret,
    target: &SealedObject,
    target_place: &Location,
) -> Result<Vec<Change>, CommandError> {
    if secret.data.is_empty() && !merge.allow_empty_data {
        return Err(MergeError::NoData(location.clone()).into());
    }
    let scope = target.scope();
    if merge.is_default_typed {
        warn_of_default_scope(scope, format_args!("the SealedSecret in {target_place}"));
    }
    let name = target.metadata.name.as_deref().unwrap_or_default();
    if name.is_empty() && (scope == Scope::Strict || target.metadata.generate_name.is_none()) {
        return Err(MergeError::NoName(target_place.clone()).into());
    }
    let mut plain = target.spec.template.metadata.clone().unwrap_or_default();
    let copies: Vec<String> = plain
        .annotations
        .iter()
        .flatten()
        .map(|(name, _)| name)
        .filter(|name| repeats_object(name))
        .cloned()
        .collect();
    for name in &copies {
        plain.annotations.get_or_insert_default().remove(name);
        warn(format_args!(
            "took the annotation {} out of spec.template of the SealedSecret in {target_place}: it holds a copy of the Secret",
            shown(name)
        ));
    }
    let stated = Scope::of(secret.metadata.annotations.as_ref());
    let requested = merge.scope.or_else(|| (stated != Scope::default()).then_some(stated));
    if let Some(requested) = requested.filter(|requested| *requested != scope) {
        return Err(MergeError::Scope { target: target_place.clone(), scope, requested }.into());
    }
    let namespace = match scope {
        Scope::ClusterWide => String::new(),
        _ => merge.namespace.decide(target.metadata.namespace.as_deref()).map_err(|source| {
            MergeError::Namespace { target: target_place.clone(), source: Box::new(source) }
        })?,
    };
    let annotations = [&secret.metadata.annotations, &target.metadata.annotations, &plain.annotations];
    check_annotations(annotations.into_iter().flatten().flatten(), &secret.data, &merge.allowed_annotations)
        .map_err(|source| MergeError::Annotation {
            location: location.clone(),
            target: target_place.clone(),
            source,
        })?;
    let label = scope.label(&namespace, name);
    let mut changes: Vec<Change> =
        copies.iter().map(|name| SealedField::TemplateAnnotation(name).remove()).collect();
    let new: Vec<(&str, &[u8])> =
        secret.data.iter().map(|(key, value)| (key.as_str(), value.expose())).collect();
    changes.extend(sealer.changes(target, &label, &new, &[])?);
    for (name, value) in secret.metadata.labels.iter().flatten() {
        changes.push(SealedField::TemplateLabel(name).set(value.clone()));
    }
    for (name, value) in secret.metadata.annotations.iter().flatten() {
        // The target has a scope of its own.
        if !SCOPES.contains(&name.as_str()) {
            changes.push(SealedField::TemplateAnnotation(name).set(value.clone()));
        }
    }
    Ok(changes)
}
