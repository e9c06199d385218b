//! `re_encrypt`: has the controller seal SealedSecrets to its newest key.

pub(crate) mod rotated_object;

use crate::commands::common::known_keys::KnownKeys;
use crate::commands::common::reason::Reason;
use crate::commands::common::seal_for::annotation;
use crate::commands::common::written::Written;
use crate::commands::upstream::does_not_open::DoesNotOpen;
use crate::commands::upstream::re_encrypt::rotated_object::Resealed;
use crate::commands::upstream::task::ReEncrypt;
use crate::controller::Controller;
use crate::controller::error::{ControllerError, NO_ANSWER};
use crate::error::{CommandError, Context as _};
use crate::files::file_update::FileUpdate;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::manifest::sealed_file::{ObjectEdit, SealedFile};
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::{sealed_secrets, write};
use crate::terminal::escape::shown_path;
use api::SealedSecret;
use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES, RECIPIENTS};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::ops::ControlFlow;
use std::path::Path;

pub(crate) fn re_encrypt(re_encrypt: &ReEncrypt) -> Result<(), CommandError> {
    match (&re_encrypt.sealed, &re_encrypt.output) {
        (Input::File(file), None) => in_place(re_encrypt, file),
        (_, output) => as_a_stream(re_encrypt, output.as_ref().unwrap_or(&Output::Stdout)),
    }
}

/// Only the items and the fingerprint change in the file, and nothing at all unless every SealedSecret is resealed.
fn in_place(re_encrypt: &ReEncrypt, path: &Path) -> Result<(), CommandError> {
    let cannot_change = format!("cannot change {}", shown_path(path));
    let update = FileUpdate::locked(path).context(&cannot_change)?;
    let found = update.text().ok().map(SealedFile::read).transpose().context(&cannot_change)?;
    let Some(mut file) = found.filter(|file| !file.objects().is_empty()) else {
        // No SealedSecret in the file: the error is that of a stream.
        return sealed_secrets::read(&re_encrypt.sealed, update.bytes())
            .map(drop)
            .map_err(CommandError::from);
    };
    let controller = Controller::find(&re_encrypt.controller).context(NO_ANSWER)?;
    let mut objects = Vec::new();
    for object in file.objects() {
        let mut object = object.clone();
        object.default_namespace(re_encrypt.namespace.as_deref());
        // The controller would answer that it does not open, and not why.
        annotation::read(&object).context(&cannot_change)?;
        let location = object.location.clone().of(&re_encrypt.sealed).to_string();
        objects.push((location, object));
    }
    let mut written = Written::default();
    for (_, object) in &objects {
        written.add(&object.metadata, object.spec.encrypted_data.len());
    }
    let edits = reseal(&controller, &objects)?.into_iter().enumerate();
    let edits: Vec<_> =
        edits.map(|(index, resealed)| ObjectEdit { index, changes: resealed.into_changes() }).collect();
    file.edit_all(&edits).into_iter().collect::<Result<(), _>>().context(&cannot_change)?;
    update.replace(file.text().as_bytes()).context(&cannot_change)?;
    Output::File(path.to_owned()).wrote(format_args!("{written}, resealed"));
    Ok(())
}

fn as_a_stream(re_encrypt: &ReEncrypt, output: &Output) -> Result<(), CommandError> {
    let bytes = re_encrypt.sealed.read_text("SealedSecrets, in YAML or JSON,")?;
    let all = sealed_secrets::read(&re_encrypt.sealed, &bytes)?;
    let controller = Controller::find(&re_encrypt.controller).context(NO_ANSWER)?;
    let (mut objects, mut stated) = (Vec::new(), Vec::new());
    for mut sealed in all {
        stated.push(sealed.metadata.namespace.clone());
        sealed.default_namespace(re_encrypt.namespace.as_deref());
        annotation::read(&sealed)?;
        objects.push((sealed.location.to_string(), sealed));
    }
    let resealed = reseal(&controller, &objects)?;
    let (mut text, mut written) = (Vec::new(), Written::default());
    for (((_, sealed), stated), resealed) in objects.into_iter().zip(stated).zip(resealed) {
        let (mut metadata, mut spec) = (portable(sealed.metadata), sealed.spec);
        metadata.namespace = stated;
        let annotations = metadata.annotations.get_or_insert_default();
        annotations.retain(|name, _| ![CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES].contains(&name.as_str()));
        annotations.extend(resealed.hint.map(|hint| (CERTIFICATE_FINGERPRINT.to_owned(), hint)));
        annotations.extend(resealed.item_certificates.map(|text| (ITEM_CERTIFICATES.to_owned(), text)));
        annotations.extend(resealed.recipients.map(|recipients| (RECIPIENTS.to_owned(), recipients)));
        metadata.annotations = metadata.annotations.filter(|annotations| !annotations.is_empty());
        spec.encrypted_data = resealed.items;
        let sealed = SealedSecret { metadata, spec, status: None };
        written.add(&sealed.metadata, sealed.spec.encrypted_data.len());
        write::write(re_encrypt.format, &sealed, &mut text)?;
    }
    output.write(&text)?;
    output.wrote(format_args!("{written}, resealed"));
    Ok(())
}

/// Has all of them resealed, or fails with the first that was not. Each comes with its location.
fn reseal(
    controller: &Controller,
    objects: &[(String, SealedObject)],
) -> Result<Vec<Resealed>, CommandError> {
    let bodies: Vec<_> = objects.iter().map(|(_, sealed)| &sealed.object).collect();
    let (mut all, mut failure) = (Vec::new(), None);
    let mut asked = objects.iter();
    let taken = |answer: Result<_, ControllerError>, (location, sealed): &(String, SealedObject)| {
        let resealed = Resealed::of(location, answer.context(NO_ANSWER)?, &sealed.metadata, &sealed.spec);
        let resealed = resealed.ok_or_else(|| does_not_open(controller, location, sealed))?;
        Ok::<_, CommandError>(resealed?)
    };
    let _ = controller.reseal_each(&bodies, |answer| {
        let Some(object) = asked.next() else { return ControlFlow::Break(()) };
        match taken(answer, object) {
            Ok(resealed) => all.push(resealed),
            Err(error) => {
                failure = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    failure.map_or(Ok(all), Err)
}

fn does_not_open(controller: &Controller, location: &str, sealed: &SealedObject) -> DoesNotOpen {
    let known = KnownKeys::default();
    let reason = Reason::of(sealed, |key| known.state_of(controller, key));
    DoesNotOpen::One { server: controller.server().to_owned(), location: location.to_owned(), reason }
}

/// Removes the fields that belong to the cluster it was read from.
fn portable(metadata: ObjectMeta) -> ObjectMeta {
    ObjectMeta {
        creation_timestamp: None,
        deletion_timestamp: None,
        deletion_grace_period_seconds: None,
        generation: None,
        managed_fields: None,
        resource_version: None,
        self_link: None,
        uid: None,
        ..metadata
    }
}
