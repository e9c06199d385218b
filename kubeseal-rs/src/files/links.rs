//! [`followed`]: the symbolic links on the way to a file. Where a link stands in a repository, a pull request says where it leads.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The directories, without symbolic links, in which the links stand that are followed to this path. It need not lead to anything: a link
/// to a pipe does not. None if it leads in a circle, and so cannot be opened.
pub(crate) fn followed(path: &Path) -> Vec<PathBuf> {
    let mut directories = Vec::new();
    if fs::canonicalize(path).is_err_and(|error| error.kind() != ErrorKind::NotFound) {
        return directories;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for path in absolute.ancestors() {
        let Ok(target) = fs::read_link(path) else { continue };
        if let Some(Ok(directory)) = path.parent().map(fs::canonicalize) {
            directories.extend(followed(&directory.join(target)));
            directories.push(directory);
        }
    }
    directories
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_of_links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(folder.path()).unwrap();
        for directory in ["a/b", "c"] {
            fs::create_dir_all(top.join(directory)).unwrap();
        }
        for (target, link) in [
            ("b", "a/link"),
            ("../a/link", "c/twice"),
            ("c", "also"),
            ("nothing", "a/gone"),
            ("circle", "circle"),
        ] {
            symlink(target, top.join(link)).unwrap();
        }
        for (path, expected) in [
            ("a/b", &[][..]),
            ("a/link", &["a"]),
            ("a/link/new/file", &["a"]),
            ("c/twice/..", &["a", "c"]),
            ("also/twice", &["a", "c", ""]),
            ("a/gone", &["a"]),
            ("circle/x", &[]),
        ] {
            let expected: Vec<_> = expected.iter().map(|directory| top.join(directory)).collect();
            assert_eq!(followed(&top.join(path)), expected, "{path}");
        }
    }
}
