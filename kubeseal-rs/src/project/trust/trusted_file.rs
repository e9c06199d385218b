//! The file of `--trusted`, whose lines are in `list`.
//!
//! Decided: a file inside the repository is refused, because the pull request that changes the project file could change it, too. So is
//! one that is found through a symbolic link inside the repository, wherever that leads: a pull request could lead it elsewhere.

use crate::files::links::followed;
use crate::project::trust::error::TrustError;
use crate::project::trust::list::parse;
use crate::project::trust::trusted::Trusted;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

/// Longer than any such list.
const LARGEST: u64 = 1 << 20;

/// What the file lists, for the repository at `root`.
pub(crate) fn read(file: &Path, root: &Path) -> Result<Trusted, TrustError> {
    let is_inside = |path: &Path| path.starts_with(root);
    if fs::canonicalize(file).is_ok_and(|real| is_inside(&real))
        || followed(file).iter().any(|link| is_inside(link))
    {
        return Err(TrustError::InRepository(file.to_owned()));
    }
    let failed = |source| TrustError::Read { path: file.to_owned(), source };
    let mut text = String::new();
    // It may be a pipe, as of `--trusted <(git show …)`.
    File::open(file).map_err(failed)?.take(LARGEST).read_to_string(&mut text).map_err(failed)?;
    parse(&text).map_err(|(line, source)| TrustError::Line { path: file.to_owned(), line, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_repository_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap().join("repo");
        fs::create_dir(&root).unwrap();
        for name in ["repo/trusted", "trusted"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let read = |name: &str| read(&folder.path().join(name), &root);
        assert!(read("trusted").is_ok());
        for name in ["repo/trusted", "repo/../repo/trusted"] {
            assert!(matches!(read(name), Err(TrustError::InRepository(_))));
        }
        assert!(matches!(read("gone"), Err(TrustError::Read { .. })));
    }

    #[test]
    #[cfg(unix)]
    fn no_link_of_the_repository_leads_to_it() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(folder.path()).unwrap();
        let root = top.join("repo");
        for directory in ["repo/apps", "lists"] {
            fs::create_dir_all(top.join(directory)).unwrap();
        }
        for file in ["lists/trusted", "repo/apps/trusted"] {
            fs::write(top.join(file), "").unwrap();
        }
        for (target, link) in [
            ("../lists/trusted", "repo/out"),
            ("../lists", "repo/folder"),
            ("repo/apps/trusted", "in"),
            ("repo/out", "in-and-out"),
            ("in-and-out", "twice"),
            ("lists/trusted", "beside"),
            ("repo", "also"),
            ("circle", "circle"),
            ("../circle", "repo/circle"),
        ] {
            symlink(target, top.join(link)).unwrap();
        }
        let read = |name: &str| read(&top.join(name), &root);
        for name in [
            "repo/out",
            "repo/folder/trusted",
            "in",
            "in-and-out",
            "twice",
            "also/out",
            "repo/apps/../folder/trusted",
        ] {
            assert!(matches!(read(name), Err(TrustError::InRepository(_))), "{name}");
        }
        for name in ["beside", "repo/../lists/trusted", "repo/apps/../../lists/trusted", "also/../beside"] {
            assert!(read(name).is_ok(), "{name}");
        }
        for name in ["circle", "circle/x", "repo/circle"] {
            assert!(matches!(read(name), Err(TrustError::Read { .. })), "{name}");
        }
    }
}
