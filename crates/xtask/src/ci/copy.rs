//! A copy of the workspace, which is changed and compiled.
//!
//! Decided: a copy that shares the checkout's target folder. Only the crates of the workspace are compiled again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use harness::workspace;

use crate::cargo::cargo;

/// What cargo needs to check a program.
const COPIED: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", ".cargo", "controller", "crates", "kubeseal-rs", "tests"];

/// Makes a copy, changes it, and checks that kubeseal-rs compiles there; `failure` says what is wrong if not.
pub(super) fn check(
    change: impl FnOnce(&Path) -> Result<()>,
    failure: impl FnOnce() -> String,
) -> Result<()> {
    let copy = path();
    remove()?;
    make(&copy)?;
    change(&copy)?;
    let mut check = cargo(&["check", "--quiet", "--package", "kubeseal-rs"]);
    let status = check.current_dir(&copy).env("CARGO_TARGET_DIR", workspace::target_dir()).status();
    ensure!(status.context("cannot run cargo")?.success(), failure());
    remove()
}

/// Removes the copy. While it exists, cargo takes what was compiled of it for the crates of this workspace: both have the same paths
/// within their workspaces, and so the same names in the target folder, and cargo looks only whether the files of the copy have changed.
pub(super) fn remove() -> Result<()> {
    let copy = path();
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| format!("cannot remove {}", copy.display()))?;
    }
    Ok(())
}

fn path() -> PathBuf {
    workspace::target_dir().join("copy")
}

/// Copies the workspace to `copy`.
pub(super) fn make(copy: &Path) -> Result<()> {
    fs::create_dir_all(copy).with_context(|| format!("cannot create {}", copy.display()))?;
    COPIED.iter().try_for_each(|name| copy_all(&workspace::root().join(name), &copy.join(name)))
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    let context = || format!("cannot copy {} to {}", from.display(), to.display());
    if from.is_dir() {
        fs::create_dir_all(to).with_context(context)?;
        for entry in fs::read_dir(from).with_context(context)? {
            let name = entry.with_context(context)?.file_name();
            copy_all(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    fs::copy(from, to).with_context(context).map(drop)
}
