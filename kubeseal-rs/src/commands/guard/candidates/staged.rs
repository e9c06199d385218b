//! `each_file`: the files that are staged in Git, as they are staged.

use crate::commands::guard::candidates::pathspec::Pathspec;
use crate::commands::guard::candidates::walk::{LARGEST, too_large};
use crate::commands::guard::error::GuardError;
use crate::commands::guard::scan::ScannedFile;
use crate::commands::guard::scan::kustomize::Generators;
use crate::commands::guard::scan::text::is_binary;
use crate::error::cause::on_one_line;
use crate::git::error::GitError;
use crate::git::repository::Repository;
use crate::git::staged::Staged;
use crate::git::within::{as_path, within};
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
        if file.is_unmerged {
            alert(format_args!("{} is not merged, and was not looked into", shown_path(&path)));
            unreadable += 1;
            continue;
        }
        let content = match staged.content(file) {
            Ok(content) => content,
            Err(error) => {
                alert(format_args!("cannot look into {}: {}", shown_path(&path), on_one_line(&error)));
                unreadable += 1;
                continue;
            }
        };
        if content.len() as u64 > LARGEST && !is_binary(&content) {
            alert(format_args!("cannot look into {}: {}", shown_path(&path), too_large()));
            unreadable += 1;
            continue;
        }
        let is_named = specs.iter().any(|spec| spec.names(&file.name));
        look(ScannedFile { path: &path, bytes: &content, is_named, generated: generators.of(&path) });
    }
    Ok(unreadable)
}
