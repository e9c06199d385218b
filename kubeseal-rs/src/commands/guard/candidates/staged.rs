//! `each_file`: the files that are staged in Git, as they are staged.

use crate::commands::guard::candidates::pathspec::Pathspec;
use crate::commands::guard::candidates::walk::{LARGEST, too_large};
use crate::commands::guard::error::GuardError;
use crate::commands::guard::scan::ScannedFile;
use crate::commands::guard::scan::kustomize::Generators;
use crate::commands::guard::scan::text::is_binary;
use crate::error::cause::on_one_line;
use crate::files::git::error::GitError;
use crate::files::git::repository::Repository;
use crate::files::git::staged::{Staged, StagedFile};
use crate::files::git::within::{as_path, within};
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Calls `look` with each staged file, with its staged content. Returns the number of files that cannot be read; each has a warning.
pub(crate) fn each_file(
    paths: &[PathBuf],
    look: &mut impl FnMut(ScannedFile<'_>),
) -> Result<usize, GuardError> {
    let directory =
        env::current_dir().map_err(|source| GitError::Read { path: PathBuf::from("."), source })?;
    let repository = Repository::around(&directory)?;
    let staged = Staged::read(&repository)?;
    let mut specs = Vec::new();
    for path in paths {
        let spec = Pathspec::new(path, &directory, &repository.work_tree);
        let is_known = spec.as_ref().is_some_and(|spec| staged.knows(|name| spec.covers(name)));
        match spec {
            Some(spec) if is_known || fs::symlink_metadata(path).is_ok() => specs.push(spec),
            _ => return Err(GuardError::NotStaged(path.clone())),
        }
    }
    let read = |path: &Path| staged.content_of(&within(Path::new(""), path)?);
    let mut generators = Generators::new(Box::new(read));
    let mut unreadable = 0;
    for file in &staged.files {
        if !specs.is_empty() && !specs.iter().any(|spec| spec.covers(&file.name)) {
            continue;
        }
        let path = as_path(&file.name);
        match content(&staged, file, &path) {
            Ok(bytes) => {
                let is_named = specs.iter().any(|spec| spec.names(&file.name));
                let (work_tree, generated) = (Some(repository.work_tree.as_path()), generators.of(&path));
                look(ScannedFile { path: &path, work_tree, bytes: &bytes, is_named, generated });
            }
            Err(why) => {
                alert(why);
                unreadable += 1;
            }
        }
    }
    Ok(unreadable)
}

/// The staged content of a file, or why it cannot be scanned.
fn content(staged: &Staged, file: &StagedFile, path: &Path) -> Result<Vec<u8>, String> {
    let path = shown_path(path);
    if file.is_unmerged {
        return Err(format!("{path} is not merged, and was not scanned"));
    }
    match staged.content(file) {
        Err(error) => Err(format!("cannot scan {path}: {}", on_one_line(&error))),
        Ok(bytes) if bytes.len() as u64 > LARGEST && !is_binary(&bytes) => {
            Err(format!("cannot scan {path}: {}", too_large()))
        }
        Ok(bytes) => Ok(bytes),
    }
}
