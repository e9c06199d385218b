//! Where the project file is: at the root of the repository.
//!
//! Decided: outside of Git, the nearest one above counts, as Git looks for `.git`, because an archive of a repository has no `.git`. A
//! file that a stranger put in between is not trusted, because trust is kept for each root.

use crate::files::git::repository::Repository;
use crate::files::links::followed;
use crate::files::output::replacement::directory;
use crate::project::error::ProjectError;
use crate::project::file::NAME;
use std::fs;
use std::path::{Path, PathBuf};

/// The root for files in `directory`, and whether there is a project file in it. A link in a repository with a project file does not lead
/// out of it: a pull request would choose which rules count, or that none do.
pub(crate) fn around(directory: &Path) -> Result<(PathBuf, bool), ProjectError> {
    let (root, has_file) = above(&existing(directory), directory)?;
    for link in followed(directory) {
        let (other, has_rules) = above(&link, directory)?;
        if has_rules && other != root {
            return Err(ProjectError::Linked(directory.to_owned()));
        }
    }
    Ok((root, has_file))
}

/// The root for files in `start`, which has no symbolic links.
fn above(start: &Path, directory: &Path) -> Result<(PathBuf, bool), ProjectError> {
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
    Ok(nearest.map_or_else(|| (start.to_owned(), false), |nearest| (nearest.to_owned(), true)))
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
    #[cfg(unix)]
    fn no_link_leads_out_of_a_repository_with_rules() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(folder.path()).unwrap();
        for repo in ["repo", "other"] {
            fs::create_dir_all(top.join(repo).join("apps")).unwrap();
            repository(&top.join(repo));
        }
        symlink("apps", top.join("repo/inside")).unwrap();
        symlink("../other/apps", top.join("repo/out")).unwrap();
        symlink("repo", top.join("also")).unwrap();
        let around = |path: &str| around(&top.join(path)).map_err(|error| error.to_string());
        // Without rules there is nothing to lead away from.
        assert_eq!(around("repo/out"), Ok((top.join("other"), false)));
        fs::write(top.join("repo").join(NAME), "").unwrap();
        for path in ["repo/apps", "repo/inside", "also/apps", "also/inside/new"] {
            assert_eq!(around(path), Ok((top.join("repo"), true)), "{path}");
        }
        for path in ["repo/out", "repo/out/new", "also/out"] {
            assert!(around(path).is_err_and(|error| error.contains("behind, a symbolic link")), "{path}");
        }
        assert_eq!(around("other/apps"), Ok((top.join("other"), false)));
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
