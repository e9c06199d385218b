//! `walk`: what is below a directory as git sees it: what no `.gitignore` names, and what is tracked although one does.
//!
//! Decided: asks the program git for the latter, because only its index knows; where there is no git or no work tree,
//! the ignore files alone count.

use crate::notice::warn;
use ignore::{DirEntry, Error, WalkBuilder};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whether `.ignore` files count beside git's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IgnoreFiles {
    Gits,
    All,
}

/// Everything at and below `path`, in order, and what cannot be walked into.
pub(super) fn walk(path: &Path, ignore_files: IgnoreFiles) -> Vec<Result<DirEntry, Error>> {
    let mut entries: Vec<_> =
        builder(path, ignore_files).filter_entry(|entry| entry.file_name() != ".git").build().collect();
    let mut left = ignored_and_tracked(path);
    if !left.is_empty() {
        for entry in entries.iter().flatten() {
            left.remove(entry.path());
        }
    }
    if !left.is_empty() {
        entries.extend(only(left, path, ignore_files));
        entries.sort_by(|a, b| {
            let path =
                |entry: &Result<DirEntry, Error>| entry.as_ref().ok().map(|entry| entry.path().to_owned());
            path(a).cmp(&path(b))
        });
    }
    entries
}

fn builder(path: &Path, ignore_files: IgnoreFiles) -> WalkBuilder {
    let mut builder = WalkBuilder::new(path);
    builder
        // Manifests live in directories such as .github and .argocd, too.
        .hidden(false)
        .ignore(ignore_files == IgnoreFiles::All)
        // A copy without its .git is still the same tree.
        .require_git(false)
        .sort_by_file_name(Ord::cmp);
    builder
}

/// These files, whatever `.gitignore` says.
fn only(
    files: HashSet<PathBuf>,
    path: &Path,
    ignore_files: IgnoreFiles,
) -> impl Iterator<Item = Result<DirEntry, Error>> {
    let above: HashSet<PathBuf> =
        files.iter().flat_map(|file| file.ancestors().skip(1)).map(Path::to_owned).collect();
    let wanted = files.clone();
    builder(path, ignore_files)
        .git_ignore(false)
        .git_global(false)
        .git_exclude(false)
        .filter_entry(move |entry| files.contains(entry.path()) || above.contains(entry.path()))
        .build()
        .filter(move |entry| entry.as_ref().is_ok_and(|entry| wanted.contains(entry.path())))
}

/// What git tracks below a directory although its ignore files name it.
fn ignored_and_tracked(directory: &Path) -> HashSet<PathBuf> {
    if !directory.is_dir() {
        return HashSet::new();
    }
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"])
        .current_dir(directory)
        // The directory's own repository, whatever a hook's environment says of another; and the words below.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_PREFIX")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else { return HashSet::new() };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        // A repository that git refuses, such as somebody else's, has tracked files nevertheless.
        if !said.contains("not a git repository") && !said.contains("must be run in a work tree") {
            let said = said.lines().next().unwrap_or("it does not say why").trim_start_matches("fatal: ");
            warn(format_args!(
                "cannot ask git what it tracks in {}, and left out all that .gitignore names: {said}",
                directory.display()
            ));
        }
        return HashSet::new();
    }
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| directory.join(as_path(name))).collect()
}

/// A path as git writes it behind `-z`.
#[cfg(unix)]
pub(super) fn as_path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::OsStr::from_bytes(name).into()
}

/// A path as git writes it behind `-z`.
#[cfg(not(unix))]
pub(super) fn as_path(name: &[u8]) -> PathBuf {
    String::from_utf8_lossy(name).into_owned().into()
}
