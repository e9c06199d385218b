//! Where the project file is: at the root of the repository.
//!
//! Decided: outside of Git, the nearest one above counts, as Git looks for `.git`, because an archive of a repository has no `.git`. A
//! file that a stranger put in between is not trusted, because trust is kept for each root.

use crate::files::git::repository::Repository;
use crate::files::output::replacement::directory;
use crate::project::error::ProjectError;
use crate::project::file::NAME;
use std::fs;
use std::path::{Path, PathBuf};

/// The root for files in `directory`, and whether there is a project file in it.
pub(crate) fn around(directory: &Path) -> Result<(PathBuf, bool), ProjectError> {
    let start = existing(directory);
    let mut nearest = None;
    for ancestor in start.ancestors() {
        let is_root = Repository::at(ancestor)
            .map_err(|source| ProjectError::Repository { path: directory.to_owned(), source })?
            .is_some();
        let has_file = is_there(&ancestor.join(NAME));
        if is_root {
            return match nearest {
                Some(nested) => Err(ProjectError::Nested(Path::join(nested, NAME))),
                None => Ok((ancestor.to_owned(), has_file)),
            };
        }
        if has_file && nearest.is_none() {
            nearest = Some(ancestor);
        }
    }
    Ok(nearest.map_or_else(|| (start.clone(), false), |nearest| (nearest.to_owned(), true)))
}

/// The directory, or the nearest one above it that exists, without symbolic links.
fn existing(directory: &Path) -> PathBuf {
    let absolute = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    absolute.ancestors().find_map(|ancestor| fs::canonicalize(ancestor).ok()).unwrap_or(absolute)
}

/// Whether there is anything at the path, a broken link too.
pub(crate) fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The folder whose project file counts for these paths: that of the first one.
pub(crate) fn folder_of(paths: &[PathBuf]) -> &Path {
    match paths.first() {
        Some(path) if path.is_dir() => path,
        Some(path) => directory(path),
        None => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(at: &Path) {
        fs::create_dir_all(at.join(".git/objects")).unwrap();
        fs::write(at.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    }

    #[test]
    fn the_file_is_at_the_root_of_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(folder.path()).unwrap();
        let apps = top.join("repo/apps");
        fs::create_dir_all(&apps).unwrap();
        fs::write(top.join(NAME), "").unwrap();
        // Without Git, the nearest one above.
        assert_eq!(around(&apps).unwrap(), (top.clone(), true));
        fs::write(top.join("repo").join(NAME), "").unwrap();
        assert_eq!(around(&apps).unwrap(), (top.join("repo"), true));
        // With Git, the root's; one outside does not count.
        fs::remove_file(top.join("repo").join(NAME)).unwrap();
        repository(&top.join("repo"));
        assert_eq!(around(&apps.join("not/there")).unwrap(), (top.join("repo"), false));
        fs::write(top.join("repo").join(NAME), "").unwrap();
        assert_eq!(around(&apps).unwrap(), (top.join("repo"), true));
        // A second one below the root.
        fs::write(apps.join(NAME), "").unwrap();
        assert!(matches!(around(&apps), Err(ProjectError::Nested(path)) if path == apps.join(NAME)));
        // A submodule has its own.
        repository(&apps);
        assert_eq!(around(&apps).unwrap(), (apps, true));
    }
}
