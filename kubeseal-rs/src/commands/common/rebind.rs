//! [`rebind`]: seals the values of one SealedSecret in a file for another name, namespace or scope, for `move` and `rescope`.
//!
//! `flags` are those of both, `binding` says what values are bound to, `error` why nothing was changed.
//!
//! Decided: with private keys on the user's machine, and never by the controller, because a controller that seals values for another name
//! opens them for each user who may read Secrets of that name.

pub(crate) mod binding;
pub(crate) mod error;
pub(crate) mod flags;

pub(crate) use crate::commands::common::rebind::binding::Change;

use crate::certificate::is_revoked;
use crate::commands::common::fingerprint_change::sealed_with_one;
use crate::commands::common::opening_hint::{Identities, opening_hint};
use crate::commands::common::rebind::binding::Binding;
use crate::commands::common::rebind::error::RebindError;
use crate::commands::common::rebind::flags::RebindFlags;
use crate::commands::common::seal_for::annotation::{self, warn_of_size};
use crate::commands::common::seal_for::item_sealer::KeyedFile;
use crate::error::{CommandError, Context as _};
use crate::files::file_update::FileUpdate;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::files::output::replacement::directory;
use crate::key_store::opening_keys::OpeningKeys;
use crate::key_store::recovery_keys::RecoveryKeys;
use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_file::SealedFile;
use crate::manifest::sealed_secrets::{SealedObject, lacks_namespace};
use crate::settings::flag_value::{path_of, text};
use crate::target::Target;
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::warnings::{alert, done};
use api::Scope;
use api::annotations::RECIPIENTS;
use rand::rngs::SysRng;
use same_file::is_same_file;
use sealing::ItemCertificates;
use sealing::{ChangeError, Diagnosis, ItemError, ItemErrorKind, UnsealError};
use std::fs;
use std::path::Path;

/// Changes what the SealedSecret is bound to.
pub(crate) fn rebind(mut flags: RebindFlags, change: &Change) -> Result<(), CommandError> {
    let path = flags.file.clone();
    let output = path_of(flags.sealed_secret_file.take());
    let refuse = |source| RebindError::File { path: path.clone(), source };
    let update = FileUpdate::read(&path).map_err(refuse)?;
    let text = update.text().map_err(refuse)?;
    let mut sealed = SealedFile::read(text).context(format_args!("cannot change {}", shown_path(&path)))?;
    let index = selected(sealed.objects(), &flags, &path)?;
    let in_file = sealed.objects()[index].clone();
    let mut object = in_file.clone();
    object.default_namespace(flags.namespace.as_deref().filter(|namespace| !namespace.is_empty()));
    if lacks_namespace(&object.metadata) {
        return Err(RebindError::NoNamespace(object.location).into());
    }
    let before = Binding::of(&object);
    if before.name.is_empty() {
        return Err(RebindError::NoName(object.location).into());
    }
    let after = before.with(change);
    if after == before {
        let state = if change.scope.is_some() { before.scope.as_str() } else { "called that" };
        done(format_args!("{}: {before} is {state} already; nothing was changed", shown_path(&path)));
        return Ok(());
    }
    if let Some(output) = &output {
        check_output(output, &path, &sealed, index, flags.force == Some(true))?;
    }

    let mut changes = after.changes(&in_file, &before);
    let is_sealed_anew = after.label() != before.label() && !object.spec.encrypted_data.is_empty();
    let destination = output.as_deref().unwrap_or(&path);
    let keyed = if is_sealed_anew || object.spec.data.is_some() {
        let (keyed, values) = sealed_anew(flags, &object, &after, destination)?;
        changes.extend(values);
        Some(keyed)
    } else {
        None
    };
    sealed.edit(index, &changes).context(format_args!("cannot change {}", shown_path(&path)))?;
    let moved = &sealed.objects()[index];
    warn_of_size(&moved.location, &moved.object);

    match &output {
        None => {
            check_alone(sealed.objects(), index)?;
            update.replace(sealed.text().as_bytes()).map_err(refuse)?;
        }
        Some(output) => {
            let document = sealed.document_of(index).unwrap_or_default();
            let document = document.trim_start_matches("---").trim_start();
            Output::File(output.clone()).write(document.as_bytes())?;
        }
    }
    if let Some(keyed) = keyed {
        keyed.keys.print(&shown_path(destination));
    }
    let no_key = if is_sealed_anew {
        ""
    } else {
        "; its values are not bound to that, so that they stay as they were"
    };
    let scope = if after.scope == before.scope { String::new() } else { format!(", {}", after.scope) };
    let line = format!(
        "{} is sealed for {}{scope} now{no_key}",
        shown(&before.to_string()),
        shown(&after.to_string())
    );
    Output::File(destination.to_owned()).wrote(line);
    if is_sealed_anew && ItemCertificates::of(in_file.metadata.annotations.as_ref()).keys().any(is_revoked) {
        alert(format_args!(
            "{}: its old key leaked and was revoked: change the values where they come from, and seal the new ones",
            shown(&after.to_string())
        ));
    }
    warn_of_the_cluster(&before, &after, in_file.metadata.namespace.is_none());
    Ok(())
}

/// The index of the SealedSecret that is meant.
fn selected(objects: &[SealedObject], flags: &RebindFlags, path: &Path) -> Result<usize, RebindError> {
    let name = text(flags.name.clone());
    let is_named = |object: &SealedObject| name.is_none() || object.metadata.name == name;
    let mut found: Vec<usize> = (0..objects.len()).filter(|index| is_named(&objects[*index])).collect();
    if found.len() > 1
        && let Some(namespace) = text(flags.namespace.clone())
        && name.is_some()
    {
        found.retain(|index| objects[*index].metadata.namespace.as_ref() == Some(&namespace));
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(match name {
            Some(name) => RebindError::NotNamed { path: path.to_owned(), name },
            None => RebindError::NotFound(path.to_owned()),
        }),
        several => Err(RebindError::Several {
            path: path.to_owned(),
            found: several.iter().map(|index| shown(&Binding::of(&objects[*index]).to_string())).collect(),
        }),
    }
}

/// Refuses a file of `-w` that cannot be written without losing something.
fn check_output(
    output: &Path,
    source: &Path,
    sealed: &SealedFile,
    index: usize,
    is_forced: bool,
) -> Result<(), RebindError> {
    if is_same_file(output, source).is_ok_and(|same| same) {
        return Err(RebindError::IsSource(output.to_owned()));
    }
    if sealed.document_of(index).is_none() {
        return Err(RebindError::Item(sealed.objects()[index].location.clone()));
    }
    let holds_something = fs::metadata(output).is_ok_and(|there| there.is_file() && there.len() > 0);
    if holds_something && !is_forced { Err(RebindError::Exists(output.to_owned())) } else { Ok(()) }
}

/// Refuses two SealedSecrets of one name: the later would replace the first.
fn check_alone(objects: &[SealedObject], index: usize) -> Result<(), RebindError> {
    let id = |object: &SealedObject| (object.metadata.namespace.clone(), object.metadata.name.clone());
    let is_other =
        |(other, object): (usize, &SealedObject)| other != index && id(object) == id(&objects[index]);
    if objects.iter().enumerate().any(is_other) {
        return Err(RebindError::Taken(shown(&Binding::of(&objects[index]).to_string())));
    }
    Ok(())
}

/// The changes of the values, sealed for what `after` says and for the recipients of the file at `destination`.
fn sealed_anew(
    flags: RebindFlags,
    object: &SealedObject,
    after: &Binding,
    destination: &Path,
) -> Result<(KeyedFile, Vec<yaml_edit_in_place::Change>), CommandError> {
    let file = flags.file;
    let recovery = RecoveryKeys::from_args(flags.recovery.recovery_private_key, flags.recovery.unlock);
    let identities =
        if recovery.unlock.identities.is_empty() { Identities::NoneGiven } else { Identities::Given };
    if recovery.files.is_empty() && recovery.unlock.identities.is_empty() {
        return Err(RebindError::NoKeys(shown(&Binding::of(object).to_string())).into());
    }
    let is_chosen = flags.recipients.give_way_to(&flags.certificate);
    let project = flags.recipients.without_recipients();
    let folder = directory(destination);
    let target = Target::resolve(flags.certificate, flags.connection, None, project, folder)?;
    let keyed = KeyedFile::one_of(destination, &flags.recipients, &target, is_chosen)?;
    let mut checked = after.applied_to(object);
    if destination != file {
        // Another rule may be for that file. Its recipients take the place of these.
        checked.metadata.annotations.get_or_insert_default().remove(RECIPIENTS);
    }
    keyed.keys.check(&[checked]).context(format_args!("cannot change {}", shown_path(destination)))?;
    let sealer = keyed.keys.sealer()?;
    if sealer.keys().are_several() && after.scope == Scope::ClusterWide && flags.force != Some(true) {
        return Err(RebindError::OpensAnywhere.into());
    }
    if !sealer.is_by_project() && annotation::text(object).is_some() {
        alert(format_args!(
            "{} is sealed for one cluster alone now; its other recipients do not open it any more",
            object.location
        ));
    }
    let keys = OpeningKeys::load(&recovery)?;
    let changed = keys.with(|keys| {
        let label = after.label();
        sealer
            .keys()
            .with(|to| sealing::rebind(&mut SysRng, &object.metadata, &object.spec, keys, &label, to))
    });
    let changed = changed.map_err(|source| RebindError::NotOpened {
        location: object.location.clone().of(&Input::File(file.clone())),
        hint: not_opened_hint(&source, object, identities),
        source,
    })?;
    let fingerprint = sealer.keys().first().fingerprint().to_string();
    let recipients = SealedField::Annotation(RECIPIENTS).set_or_remove(changed.recipients);
    let items = changed.encrypted_data.into_iter().map(|(name, item)| SealedField::Item(&name).set(item));
    Ok((keyed, items.chain(sealed_with_one(fingerprint)).chain([recipients]).collect()))
}

/// What to do about items that do not open. Of a place that it was not sealed for: this command knows the way from the right one.
fn not_opened_hint(error: &ChangeError, object: &SealedObject, identities: Identities) -> Option<String> {
    let ChangeError::Items(items) = error else { return None };
    let is_elsewhere =
        |item: &ItemError| matches!(item.kind, ItemErrorKind::NoKeyOpens(Diagnosis::OtherPlace { .. }));
    if items.iter().all(is_elsewhere) {
        return Some("write the name and namespace that it was sealed for into the file again, and change them with this command".into());
    }
    opening_hint(&UnsealError::Items(items.clone()), &object.metadata, identities)
}

/// Says what else has to change.
fn warn_of_the_cluster(before: &Binding, after: &Binding, names_no_namespace: bool) {
    if before.to_string() == after.to_string() {
        return;
    }
    let flag = if before.namespace.is_empty() { String::new() } else { format!(" -n {}", before.namespace) };
    alert(format_args!(
        "in the cluster, the SealedSecret {before} and its Secret stay until nothing needs them and `kubectl delete sealedsecret {}{flag}` \
         deletes both; a tool that prunes (Argo CD, Flux) deletes both once its source has the old one no more",
        before.name
    ));
    if names_no_namespace && before.namespace != after.namespace && !before.namespace.is_empty() {
        alert(format_args!(
            "the file names no namespace: change the one that is added to it, as in kustomization.yaml, to {}",
            after.namespace
        ));
    }
}
