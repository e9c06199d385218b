//! `each_file`: the files of a work tree that Git tracks or would not ignore.

use crate::commands::guard::error::GuardError;
use crate::commands::guard::scan::ScannedFile;
use crate::commands::guard::scan::kustomize::Generators;
use crate::commands::guard::scan::text::is_binary;
use crate::error::cause::{on_one_line, words};
use crate::files::git::read_small;
use crate::files::output::replacement::directory;
use crate::files::walk::rules::IgnoreFiles;
use crate::files::walk::walk;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Larger text is not scanned, because all of it has to be in memory.
pub(crate) const LARGEST: u64 = 64 << 20;

/// The part of a file that shows whether it is text.
const HEAD: u64 = 8192;

/// No kustomization is larger.
const LARGEST_KUSTOMIZATION: u64 = 4 << 20;

/// Calls `look` with each file at or below `path`. A file that is named itself is scanned even if Git ignores it. Returns the number of files
/// that cannot be read; each has a warning.
pub(crate) fn each_file(path: &Path, look: &mut impl FnMut(ScannedFile<'_>)) -> Result<usize, GuardError> {
    let metadata = fs::metadata(path).or_else(|_| fs::symlink_metadata(path));
    let metadata = metadata.map_err(|source| GuardError::NotFound { path: path.to_owned(), source })?;
    let mut generators = Generators::new(Box::new(kustomization));
    if !metadata.is_dir() {
        return Ok(usize::from(!shown(path, true, &mut generators, look)));
    }
    let mut unreadable = 0;
    for entry in walk(path, IgnoreFiles::All) {
        match entry {
            Ok(file) => unreadable += usize::from(!shown(&file, false, &mut generators, look)),
            Err(error) => {
                alert(on_one_line(&error));
                unreadable += 1;
            }
        }
    }
    Ok(unreadable)
}

/// Calls `look` with the file. False if it cannot be read; then there is a warning.
fn shown(
    path: &Path,
    is_named: bool,
    generators: &mut Generators<'_>,
    look: &mut impl FnMut(ScannedFile<'_>),
) -> bool {
    let path_shown = path.strip_prefix("./").unwrap_or(path);
    match read(path) {
        Ok(bytes) => {
            let parent = fs::canonicalize(directory(path)).ok();
            let path_in_root = parent.and_then(|parent| Some(parent.join(path.file_name()?)));
            let generated = path_in_root.and_then(|path_in_root| generators.of(&path_in_root));
            look(ScannedFile { path: path_shown, work_tree: None, bytes: &bytes, is_named, generated });
            true
        }
        Err(error) => {
            alert(format_args!("cannot scan {}: {}", shown_path(path_shown), words(&error)));
            false
        }
    }
}

/// The content of the file; of a large binary one, only its first bytes.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let is_large = file.metadata()?.len() > LARGEST;
    let mut bytes = Vec::new();
    file.take(if is_large { HEAD } else { LARGEST + 1 }).read_to_end(&mut bytes)?;
    if (is_large || bytes.len() as u64 > LARGEST) && !is_binary(&bytes) {
        return Err(too_large());
    }
    Ok(bytes)
}

/// A kustomization, or a file of one, if there is one; `path` is canonical down to the kustomization. Symbolic links
/// are refused, because they may lead anywhere.
fn kustomization(path: &Path) -> Option<Vec<u8>> {
    fs::canonicalize(path).ok().filter(|real| real == path)?;
    read_small(path, LARGEST_KUSTOMIZATION).ok().flatten()
}

pub(crate) fn too_large() -> io::Error {
    io::Error::other("it is text of more than 64 MiB; leave it out with an .ignore file if it is no manifest")
}
