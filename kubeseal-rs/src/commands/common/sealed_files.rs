//! The files with SealedSecrets below some paths, for `reseal`, `inspect` and `keys`: `find` lists them, `read` reads one.

use crate::commands::common::templated_files;
use crate::error::Hint;
use crate::files::escapes::mentions;
use crate::files::file_update::FileUpdate;
use crate::files::file_update::error::FileUpdateError;
use crate::files::walk::error::WalkError;
use crate::files::walk::rules::IgnoreFiles;
use crate::files::walk::walk;
use crate::manifest::sealed_file::{SealedFile, SealedFileError};
use crate::manifest::unparsed::template_text::{is_only_template, without_actions};
use api::annotations::RECIPIENTS;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use yaml_edit_in_place::ParseError;
use yaml_edit_in_place::split::{DocumentText, documents};

/// Why the SealedSecrets of a path are not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealedFilesError {
    #[error(transparent)]
    File(#[from] FileUpdateError),
    #[error("not all of it can be walked")]
    Walk(#[source] WalkError),
    #[error(transparent)]
    SealedFile(#[from] SealedFileError),
    #[error("it does not parse, as templates may; what is sealed in it was not looked at")]
    Template,
}

impl Hint for SealedFilesError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Walk(_) => Some("give files and directories that may be read".into()),
            Self::SealedFile(error) => error.hint(),
            Self::Template => Some(templated_files::hint()),
        }
    }
}

/// Paths that the user gave and that could not be read.
pub(crate) type NotFound = Vec<(PathBuf, SealedFilesError)>;

/// The manifests below these paths, each file once, in order. A file that the user names is a manifest whatever its
/// extension; in directories the extension decides, and files that Git ignores are left out.
pub(crate) fn find(paths: &[PathBuf]) -> (Vec<PathBuf>, NotFound) {
    let mut found = Vec::new();
    let mut not_found = Vec::new();
    let mut seen = HashSet::new();
    for path in paths {
        let mut take = |file: PathBuf| {
            if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                found.push(file);
            }
        };
        match fs::metadata(path) {
            Err(error) => not_found.push((path.clone(), FileUpdateError::Read(error).into())),
            Ok(metadata) if !metadata.is_dir() => take(path.clone()),
            Ok(_) => {
                for entry in walk(path, IgnoreFiles::Gits) {
                    match entry {
                        Ok(file) if is_manifest(&file) => take(file),
                        Ok(_) => {}
                        Err(error) => not_found.push((path.clone(), SealedFilesError::Walk(error))),
                    }
                }
            }
        }
    }
    (found, not_found)
}

/// The SealedSecrets of a file. Most files of a directory have none, and need not be text.
pub(crate) fn read(file: &FileUpdate) -> Result<Option<SealedFile>, SealedFilesError> {
    if !file.mentions_sealed() {
        return Ok(None);
    }
    let text = file.text()?;
    match SealedFile::read(text) {
        Ok(sealed) => Ok(Some(sealed).filter(|sealed| !sealed.objects().is_empty())),
        Err(SealedFileError::Parse(ParseError::Syntax { line, .. }))
            if templated_files::is_template(text, line) && !hides_recipients(text) =>
        {
            Err(SealedFilesError::Template)
        }
        Err(error) => Err(error.into()),
    }
}

/// The SealedSecrets of a file, only to be looked at: those of a template, as far as it parses without its actions.
pub(crate) fn read_only(file: &FileUpdate) -> Result<Option<SealedFile>, SealedFilesError> {
    match read(file) {
        Err(SealedFilesError::Template) if mentions(file.text()?.as_bytes(), &[RECIPIENTS]) => {
            let sealed = SealedFile::read(&without_actions(file.text()?));
            let sealed = sealed.ok().filter(|sealed| !sealed.objects().is_empty());
            sealed.map(Some).ok_or(SealedFilesError::Template)
        }
        read => read,
    }
}

/// Whether a document of a file that does not parse names recipients, and another program may read it: a template beside it must not hide them.
fn hides_recipients(text: &str) -> bool {
    let names_recipients = |document: &DocumentText<'_>| mentions(document.text.as_bytes(), &[RECIPIENTS]);
    documents(text).into_iter().filter(names_recipients).any(|document| !is_only_template(document))
}

/// Whether the extension is that of a manifest.
pub(crate) fn is_manifest(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json"))
}
