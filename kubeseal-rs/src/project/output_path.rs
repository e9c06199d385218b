//! `within`: the path of a file from the root of the repository, by which a rule is chosen.
//!
//! Decided: a path with a symbolic link in it is refused. By the path as it is written, a value could land in another folder than its
//! rule is for; by the path where it lands, a link in a pull request would choose another rule than the user sees.

use crate::files::git::within::normal;
use crate::project::error::ProjectError;
use crate::project::file::NAME;
use crate::project::root::is_there;
use std::fs;
use std::path::{Path, PathBuf};

/// The path of `file` from `root`, which has no symbolic links. The file need not exist.
pub(crate) fn within(root: &Path, file: &Path) -> Result<PathBuf, ProjectError> {
    let outside = || ProjectError::Outside { path: file.to_owned(), root: root.to_owned() };
    let absolute = normal(&std::path::absolute(file).map_err(|_| outside())?);
    let is_root = |ancestor: &&Path| fs::canonicalize(ancestor).is_ok_and(|real| real == root);
    let top = absolute.ancestors().find(is_root).ok_or_else(outside)?;
    let inside = absolute.strip_prefix(top).map_err(|_| outside())?;
    if inside.as_os_str().is_empty() {
        return Err(outside());
    }
    let mut passed = root.to_owned();
    for part in inside.components() {
        let nested = passed.join(NAME);
        if passed != root && is_there(&nested) {
            return Err(ProjectError::Nested(nested));
        }
        passed.push(part);
        if fs::symlink_metadata(&passed).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(ProjectError::Linked(file.to_owned()));
        }
    }
    // `link/../file` is beside the target of the link, not beside the link.
    if file.parent().and_then(real).as_deref() != passed.parent() {
        return Err(ProjectError::Linked(file.to_owned()));
    }
    Ok(inside.to_owned())
}

/// Where a directory is, or will be once it is created.
fn real(directory: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(directory.join(".")).ok()?;
    absolute.ancestors().find_map(|ancestor| {
        let real = fs::canonicalize(ancestor).ok()?;
        Some(normal(&real.join(absolute.strip_prefix(ancestor).ok()?)))
    })
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_path_is_the_one_where_the_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(folder.path()).unwrap();
        let root = top.join("repo");
        fs::create_dir_all(root.join("apps/prod")).unwrap();
        fs::create_dir_all(root.join("apps/dev")).unwrap();
        fs::write(root.join("apps/dev/db.yaml"), "").unwrap();
        symlink("dev", root.join("apps/link")).unwrap();
        symlink("../dev/db.yaml", root.join("apps/prod/db.yaml")).unwrap();
        symlink("repo", top.join("also")).unwrap();
        symlink("apps/dev", root.join("deep")).unwrap();
        fs::create_dir_all(top.join("elsewhere/repo")).unwrap();
        symlink("elsewhere/repo", top.join("other-repo")).unwrap();
        let within = |path: &str| within(&root, &top.join(path));

        for (path, inside) in [
            ("repo/apps/prod/new.yaml", "apps/prod/new.yaml"),
            ("also/apps/dev/db.yaml", "apps/dev/db.yaml"),
            ("repo/apps/prod/../dev/db.yaml", "apps/dev/db.yaml"),
            ("repo/new/deep/db.yaml", "new/deep/db.yaml"),
            ("repo/new/../newer/db.yaml", "newer/db.yaml"),
            ("also/new/db.yaml", "new/db.yaml"),
        ] {
            assert_eq!(within(path).unwrap(), Path::new(inside), "{path}");
        }
        for path in ["other/db.yaml", "repo/../db.yaml", "repo", "repo/apps/../../repo"] {
            assert!(matches!(within(path), Err(ProjectError::Outside { .. })), "{path}");
        }
        for path in ["repo/apps/link/db.yaml", "repo/apps/link/new/db.yaml", "repo/apps/prod/db.yaml"] {
            assert!(matches!(within(path), Err(ProjectError::Linked(_))), "{path}");
        }
        symlink(&top, root.join("apps/out")).unwrap();
        for path in [
            "repo/apps/out/../db.yaml",
            // Where a folder is created, it is not where it is written either.
            "repo/apps/out/../new/db.yaml",
            "repo/deep/../new/deep/db.yaml",
            "repo/new/../apps/link/new/db.yaml",
            "other-repo/../repo/new/db.yaml",
        ] {
            assert!(within(path).is_err(), "{path}");
        }
        assert!(matches!(within("repo/apps/out/../new/db.yaml"), Err(ProjectError::Linked(_))));
        fs::write(root.join("apps/dev").join(NAME), "").unwrap();
        assert!(matches!(within("repo/apps/dev/db.yaml"), Err(ProjectError::Nested(_))));
    }
}
