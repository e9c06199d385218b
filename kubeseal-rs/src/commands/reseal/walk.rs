//! `files`: the manifests under some paths.

use crate::commands::reseal::fault::Fault;
use crate::files::file_update::InPlaceError;
use crate::files::walk::{IgnoreFiles, walk};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What was asked for and is not there, and why.
pub(crate) type NotFound = Vec<(PathBuf, Fault)>;

/// A file that is named counts whatever it is called; in directories the ending decides, and git's ignore files do.
/// Each file once, in order.
pub(crate) fn files(paths: &[PathBuf]) -> (Vec<PathBuf>, NotFound) {
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
            Err(error) => not_found.push((path.clone(), InPlaceError::Read(error).into())),
            Ok(metadata) if !metadata.is_dir() => take(path.clone()),
            Ok(_) => {
                for entry in walk(path, IgnoreFiles::Gits) {
                    match entry {
                        Ok(file) if is_manifest(&file) => take(file),
                        Ok(_) => {}
                        Err(error) => not_found.push((path.clone(), Fault::Walk(error))),
                    }
                }
            }
        }
    }
    (found, not_found)
}

pub(crate) fn is_manifest(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json"))
}
