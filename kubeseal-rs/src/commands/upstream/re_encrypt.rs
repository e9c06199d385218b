//! `re_encrypt`: has the controller seal SealedSecrets to its newest key.

pub(crate) mod rotated_object;

use crate::commands::common::reason::Reason;
use crate::commands::common::seal_for::annotation;
use crate::commands::upstream::re_encrypt::rotated_object::Resealed;
use crate::commands::upstream::task::ReEncrypt;
use crate::commands::upstream::validate::DoesNotOpen;
use crate::controller::Controller;
use crate::controller::error::NO_ANSWER;
use crate::error::{CommandError, Context as _};
use crate::files::file_update::FileUpdate;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::manifest::sealed_file::{ObjectEdit, SealedFile};
use crate::manifest::{sealed_secrets, write};
use crate::terminal::escape::shown_path;
use api::SealedSecret;
use api::annotations::{CERTIFICATE_FINGERPRINT, RECIPIENTS};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
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
    let mut edits = Vec::new();
    for index in 0..file.objects().len() {
        let mut object = file.objects()[index].clone();
        let location = object.location.clone().of(&re_encrypt.sealed).to_string();
        object.default_namespace(re_encrypt.namespace.as_deref());
        // The controller would answer that it does not open, and not why.
        annotation::read(&object).context(&cannot_change)?;
        let answer = controller.reseal(&object.object).context(NO_ANSWER)?;
        let resealed = Resealed::of(&location, answer, &object.metadata, &object.spec)
            .ok_or_else(|| does_not_open(&controller, &location, &object.metadata))??;
        edits.push(ObjectEdit { index, changes: resealed.into_changes() });
    }
    file.edit_all(&edits).into_iter().collect::<Result<(), _>>().context(&cannot_change)?;
    update.replace(file.text().as_bytes()).context(&cannot_change)
}

fn as_a_stream(re_encrypt: &ReEncrypt, output: &Output) -> Result<(), CommandError> {
    let bytes = re_encrypt.sealed.read_text("SealedSecrets, in YAML or JSON,")?;
    let all = sealed_secrets::read(&re_encrypt.sealed, &bytes)?;
    let controller = Controller::find(&re_encrypt.controller).context(NO_ANSWER)?;
    let mut written = Vec::new();
    for mut sealed in all {
        let location = sealed.location.to_string();
        let stated = sealed.metadata.namespace.clone();
        sealed.default_namespace(re_encrypt.namespace.as_deref());
        annotation::read(&sealed)?;
        let answer = controller.reseal(&sealed.object).context(NO_ANSWER)?;
        let resealed = Resealed::of(&location, answer, &sealed.metadata, &sealed.spec)
            .ok_or_else(|| does_not_open(&controller, &location, &sealed.metadata))??;
        let (mut metadata, mut spec) = (portable(sealed.metadata), sealed.spec);
        metadata.namespace = stated;
        let annotations = metadata.annotations.get_or_insert_default();
        annotations.remove(CERTIFICATE_FINGERPRINT);
        annotations.extend(resealed.hint.map(|hint| (CERTIFICATE_FINGERPRINT.to_owned(), hint)));
        annotations.extend(resealed.recipients.map(|recipients| (RECIPIENTS.to_owned(), recipients)));
        metadata.annotations = metadata.annotations.filter(|annotations| !annotations.is_empty());
        spec.encrypted_data = resealed.items;
        let sealed = SealedSecret { metadata, spec, status: None };
        write::write(re_encrypt.format, &sealed, &mut written)?;
    }
    Ok(output.write(&written)?)
}

fn does_not_open(controller: &Controller, location: &str, metadata: &ObjectMeta) -> DoesNotOpen {
    DoesNotOpen {
        server: controller.server().to_owned(),
        locations: vec![location.to_owned()],
        reason: Reason::of(metadata),
    }
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
