//! [`File`]: a file with SealedSecrets that are checked or resealed.

use crate::commands::common::fingerprint_change::sealed_with_one;
use crate::commands::common::sealed_files::{self, SealedFilesError, is_manifest};
use crate::commands::common::templated_files::{is_template, seals};
use crate::commands::reseal::failure::ResealFailure;
use crate::commands::reseal::staleness::{Old, Present};
use crate::commands::reseal::summary::{ResealSummary, Resealed};
use crate::commands::upstream::re_encrypt::rotated_object;
use crate::files::file_update::FileUpdate;
use crate::files::file_update::error::FileUpdateError;
use crate::manifest::sealed_file::{ObjectEdit, SealedFile, SealedFileError};
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::yaml::parse::parse;
use crate::terminal::escape::shown_path;
use std::path::Path;
use yaml_edit_in_place::ParseError;
use yaml_edit_in_place::split::documents;

/// A file with at least one SealedSecret.
pub(crate) struct File {
    file: FileUpdate,
    sealed: SealedFile,
}

/// A SealedSecret that was resealed, or why it was not.
pub(crate) type Answer = Result<rotated_object::Resealed, ResealFailure>;

/// What a file holds.
pub(crate) enum FileContent {
    /// No SealedSecret.
    Nothing,
    /// A template, such as Helm's, that mentions SealedSecrets. `true` if it seems to hold one.
    Template(bool),
    Sealed(File),
}

impl File {
    /// Reads the file.
    ///
    /// Decided: it is locked when it is replaced, not from here on, because the answers of a controller come in between: another process
    /// would wait for them, and a file that has two names would wait for itself.
    pub(crate) fn read(path: &Path, is_named: bool) -> Result<FileContent, SealedFilesError> {
        let file = FileUpdate::read(path)?;
        if !file.mentions_sealed() {
            return if is_named && is_manifest(path) {
                other(file.text()?)
            } else {
                Ok(FileContent::Nothing)
            };
        }
        match sealed_files::read(&file) {
            Ok(None) => Ok(FileContent::Nothing),
            Ok(Some(sealed)) => Ok(FileContent::Sealed(Self { file, sealed })),
            Err(SealedFilesError::Template) => Ok(FileContent::Template(seals(file.text()?))),
            Err(error) => Err(error),
        }
    }

    /// For each SealedSecret, whether it is sealed to another certificate.
    pub(crate) fn old(&self, present: &Present<'_>) -> Vec<Option<Old>> {
        self.sealed.objects().iter().map(|object| present.old(object)).collect()
    }

    /// The old SealedSecrets, in this namespace if they state none.
    pub(crate) fn to_reseal(&self, old: &[Option<Old>], namespace: Option<&str>) -> Vec<SealedObject> {
        let all = self.sealed.objects().iter().zip(old).filter(|(_, old)| old.is_some());
        let mut objects: Vec<_> = all.map(|(object, _)| object.clone()).collect();
        for object in &mut objects {
            object.default_namespace(namespace);
        }
        objects
    }

    /// Whether another process resealed the file since it was read.
    fn is_up_to_date_by_now(&self, present: &Present<'_>) -> bool {
        let is_done = |file: &Self| file.old(present).iter().all(Option::is_none);
        matches!(Self::read(self.file.path(), true), Ok(FileContent::Sealed(file)) if is_done(&file))
    }

    fn place(&self, object: &SealedObject) -> String {
        format!("{}: {}", shown_path(self.file.path()), object.location)
    }

    /// Reports the SealedSecrets that are sealed to another certificate.
    pub(crate) fn check(&self, old: Vec<Option<Old>>, report: &mut ResealSummary) {
        let objects = self.sealed.objects();
        for (object, old) in objects.iter().zip(old) {
            match old {
                None => report.up_to_date += 1,
                Some(old) => report.stale(self.place(object), &old),
            }
        }
    }

    /// Writes the SealedSecrets that were resealed. One that does not open is reported, and the others are written.
    pub(crate) fn write(
        mut self,
        old: Vec<Option<Old>>,
        answers: Vec<Answer>,
        present: &Present<'_>,
        report: &mut ResealSummary,
    ) {
        let mut edits = Vec::new();
        let mut answers = answers.into_iter();
        for (index, (object, old)) in self.sealed.objects().iter().zip(old).enumerate() {
            let Some(old) = old else {
                report.up_to_date += 1;
                edits.extend(note_fingerprint(index, object, present).map(|edit| (edit, None)));
                continue;
            };
            let place = self.place(object);
            match answers.next().unwrap_or(Err(ResealFailure::NotTried)) {
                Ok(resealed) => {
                    let was_revoked = old.leaked().is_some();
                    let changes = resealed.into_changes();
                    edits.push((ObjectEdit { index, changes }, Some(Resealed { place, was_revoked })));
                }
                Err(failure) => report.failures.add_at(&place, &failure),
            }
        }
        let (edits, reports): (Vec<_>, Vec<_>) = edits.into_iter().unzip();
        let mut is_changed = false;
        let mut resealed = Vec::new();
        for (outcome, done) in self.sealed.edit_all(&edits).into_iter().zip(reports) {
            is_changed |= outcome.is_ok();
            match (outcome, done) {
                (Ok(()), done) => resealed.extend(done),
                (Err(error), Some(_)) => {
                    report.failures.add(self.file.path(), None, &SealedFilesError::from(error));
                }
                // The fingerprint annotation is not necessary: a file in which it cannot be written stays without it.
                (Err(_), None) => {}
            }
        }
        if !is_changed {
            return;
        }
        match self.file.replace(self.sealed.text().as_bytes()) {
            Ok(()) => report.resealed(&resealed),
            Err(FileUpdateError::Changed) if self.is_up_to_date_by_now(present) => {
                report.up_to_date += resealed.len();
            }
            Err(error) => report.failures.add(self.file.path(), None, &SealedFilesError::from(error)),
        }
    }
}

/// Checks a file that the user named and that does not mention SealedSecrets: if it does not parse, it is an error,
/// unless it is a template.
fn other(text: &str) -> Result<FileContent, SealedFilesError> {
    let mut number = 0;
    for document in documents(text) {
        match parse(document) {
            Ok(nodes) => number += nodes.len(),
            Err(broken) => {
                let line = broken.position.map_or(document.first_line, |position| position.line);
                if is_template(text, line) {
                    return Ok(FileContent::Nothing);
                }
                return Err(SealedFileError::Parse(ParseError::Syntax {
                    document: number + broken.sound + 1,
                    line,
                })
                .into());
            }
        }
    }
    Ok(FileContent::Nothing)
}

/// Sets the fingerprint annotation if a private key showed that the certificate is the present one, so that the key is not needed again.
fn note_fingerprint(index: usize, object: &SealedObject, present: &Present<'_>) -> Option<ObjectEdit> {
    let hint = present.hint_for(object)?;
    Some(ObjectEdit { index, changes: sealed_with_one(hint).into() })
}
