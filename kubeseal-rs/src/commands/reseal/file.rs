//! [`File`]: one file on its way to being resealed.

use crate::certificate::is_revoked;
use crate::commands::reason::Reason;
use crate::commands::reseal::fault::Fault;
use crate::commands::reseal::report::Report;
use crate::commands::reseal::resealer::Resealer;
use crate::commands::reseal::staleness::{Old, Present};
use crate::commands::reseal::walk::is_manifest;
use crate::commands::templates::{is_template, seals};
use crate::files::file_update::{InPlace, InPlaceError};
use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_file::SealedFileError;
use crate::manifest::sealed_file::{ObjectEdit, SealedFile};
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::yaml::parse::parse;
use api::annotations::CERTIFICATE_FINGERPRINT;
use std::path::Path;
use yaml_edit_in_place::split::documents;
use yaml_edit_in_place::{Change, ParseError};

/// A file with at least one SealedSecret.
pub(crate) struct File {
    place: InPlace,
    sealed: SealedFile,
}

/// A SealedSecret that is sealed to the present certificate now.
pub(crate) struct Resealed {
    pub place: String,
    /// It was sealed with a key that was revoked: others may know its values.
    pub was_revoked: bool,
}

/// What a file holds.
pub(crate) enum Found {
    /// No SealedSecret.
    Nothing,
    /// Something that mentions them and becomes YAML once it is rendered, such as a Helm template; and whether there is one
    /// in it, by its text.
    Template(bool),
    Sealed(File),
}

impl File {
    /// Whether nothing in it is a SealedSecret is known only of what parses. It is locked where it is to be changed.
    pub(crate) fn read(path: &Path, is_named: bool, is_changed: bool) -> Result<Found, Fault> {
        let mut place = InPlace::read(path)?;
        // Most files of a directory are something else, and need not even be text.
        if !place.mentions_sealed() {
            return if is_named && is_manifest(path) { other(place.text()?) } else { Ok(Found::Nothing) };
        }
        if is_changed {
            place = match InPlace::locked(path) {
                // It may be up to date, and if not, it is told when it is to be replaced.
                Err(InPlaceError::ReadOnly(_)) => place,
                locked => locked?,
            };
        }
        let text = place.text()?;
        match SealedFile::read(text) {
            Ok(sealed) if sealed.objects().is_empty() => Ok(Found::Nothing),
            Ok(sealed) => Ok(Found::Sealed(Self { place, sealed })),
            Err(SealedFileError::Parse(ParseError::Syntax { line, .. })) if is_template(text, line) => {
                Ok(Found::Template(seals(text)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reports what is sealed to another certificate.
    pub(crate) fn check(&self, present: &Present<'_>, report: &mut Report) {
        let objects = self.sealed.objects();
        let old: Vec<(&SealedObject, Old)> =
            objects.iter().filter_map(|object| Some((object, present.old(object)?))).collect();
        report.up_to_date(objects.len() - old.len());
        report.stale(self.place.path(), old);
    }

    /// Reseals what is old. What does not open is reported, and the others go on.
    pub(crate) fn reseal(
        mut self,
        present: &Present<'_>,
        resealer: &Resealer<'_>,
        namespace: Option<&str>,
        report: &mut Report,
    ) {
        let mut edits = Vec::new();
        for (index, object) in self.sealed.objects().iter().enumerate() {
            let Some(old) = present.old(object) else {
                report.up_to_date(1);
                edits.extend(noted(index, object, present).map(|edit| (edit, None)));
                continue;
            };
            let place = object.location.to_string();
            match resealed(object, resealer, namespace, &place) {
                Ok(changes) => {
                    let was_revoked = old.fingerprint.is_some_and(is_revoked);
                    edits.push((ObjectEdit { index, changes }, Some(Resealed { place, was_revoked })));
                }
                Err(fault) => report.failed(self.place.path(), Some(place), &fault),
            }
        }
        let (edits, places): (Vec<_>, Vec<_>) = edits.into_iter().unzip();
        let mut is_changed = false;
        let mut resealed = Vec::new();
        for (outcome, place) in self.sealed.edit_all(&edits).into_iter().zip(places) {
            is_changed |= outcome.is_ok();
            match (outcome, place) {
                (Ok(()), place) => resealed.extend(place),
                (Err(error), Some(_)) => report.failed(self.place.path(), None, &error.into()),
                // A hint is a convenience: a file that has no room for it is fine without.
                (Err(_), None) => {}
            }
        }
        if !is_changed {
            return;
        }
        match self.place.replace(self.sealed.text().as_bytes()) {
            Ok(()) => report.resealed(self.place.path(), &resealed),
            Err(error) => report.failed(self.place.path(), None, &error.into()),
        }
    }
}

/// A file without a SealedSecret that was named: one that does not parse is not what was meant. A template that mentions none has none.
fn other(text: &str) -> Result<Found, Fault> {
    let mut number = 0;
    for document in documents(text) {
        match parse(document) {
            Ok(nodes) => number += nodes.len(),
            Err(broken) => {
                let line = broken.position.map_or(document.first_line, |position| position.line);
                if is_template(text, line) {
                    return Ok(Found::Nothing);
                }
                return Err(SealedFileError::Parse(ParseError::Syntax {
                    document: number + broken.sound + 1,
                    line,
                })
                .into());
            }
        }
    }
    Ok(Found::Nothing)
}

/// Notes the certificate where a private key told that it is the present one, so that the key is not needed again.
fn noted(index: usize, object: &SealedObject, present: &Present<'_>) -> Option<ObjectEdit> {
    let hint = present.hint_for(object)?;
    Some(ObjectEdit { index, changes: vec![SealedField::Annotation(CERTIFICATE_FINGERPRINT).set(hint)] })
}

/// What makes it sealed to the present certificate.
fn resealed(
    object: &SealedObject,
    resealer: &Resealer<'_>,
    namespace: Option<&str>,
    place: &str,
) -> Result<Vec<Change>, Fault> {
    let mut object = object.clone();
    object.default_namespace(namespace);
    let resealed =
        resealer.reseal(&object, place).map_err(|fault| fault.with_reason(Reason::of(&object.metadata)))?;
    let items = resealed.items.into_iter().map(|(key, item)| SealedField::Item(&key).set(item));
    let hint = SealedField::Annotation(CERTIFICATE_FINGERPRINT).set_or_remove(resealed.hint);
    Ok(items.chain([hint]).collect())
}
