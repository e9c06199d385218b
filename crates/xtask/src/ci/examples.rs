//! The worked examples of CONTRIBUTING.md: all its `diff` blocks are applied to a copy of the workspace, which must compile.
//!
//! Decided: a copy that shares the checkout's target folder, instead of patches that are only seen to apply, because what an example
//! calls may be renamed without a change in its context lines. Only the crates of the workspace are compiled again.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use harness::user::page::Page;
use harness::workspace;

use crate::cargo::cargo;

const PAGE: &str = ".github/CONTRIBUTING.md";

/// What cargo needs to check a program.
const COPIED: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", ".cargo", "controller", "crates", "kubeseal-rs", "tests"];

pub(super) fn compile() -> Result<()> {
    let target = workspace::target_dir();
    let copy = copy();
    remove_copy()?;
    apply_all(&copy)?;
    let mut check = cargo(&["check", "--quiet", "--package", "kubeseal-rs"]);
    let status = check.current_dir(&copy).env("CARGO_TARGET_DIR", &target).status();
    ensure!(status.context("cannot run cargo")?.success(), "the examples of {PAGE} do not compile");
    remove_copy()
}

/// Removes the copy. While it exists, cargo takes what was compiled of it for the crates of this workspace: both have the same paths
/// within their workspaces, and so the same names in the target folder, and cargo looks only whether the files of the copy have changed.
pub(super) fn remove_copy() -> Result<()> {
    let copy = copy();
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| format!("cannot remove {}", copy.display()))?;
    }
    Ok(())
}

fn copy() -> PathBuf {
    workspace::target_dir().join("examples")
}

/// Copies the workspace to `copy`, and applies the examples there.
fn apply_all(copy: &Path) -> Result<()> {
    let page = Page::read(PAGE)?;
    let examples = page.blocks("diff");
    ensure!(!examples.is_empty(), "{PAGE} has no example");
    fs::create_dir_all(copy).with_context(|| format!("cannot create {}", copy.display()))?;
    for name in COPIED {
        copy_all(&workspace::root().join(name), &copy.join(name))?;
    }
    examples.into_iter().try_for_each(|example| apply(example, copy))
}

fn apply(patch: &str, to: &Path) -> Result<()> {
    let mut git = Command::new("git");
    git.args(["apply", "-"]).current_dir(to).stdin(Stdio::piped());
    // Otherwise git finds the repository around the target folder, and passes over every file of the patch.
    git.env("GIT_CEILING_DIRECTORIES", to.parent().unwrap_or(to));
    let mut child = git.spawn().context("cannot run git")?;
    child
        .stdin
        .take()
        .context("no pipe to git")?
        .write_all(patch.as_bytes())
        .context("git reads no patch")?;
    let status = child.wait().context("cannot wait for git")?;
    ensure!(status.success(), "an example of {PAGE} does not apply:\n{patch}");
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_apply() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let copy = dir.path().join("examples");
        apply_all(&copy)?;
        assert!(copy.join("kubeseal-rs/src/commands/fingerprint.rs").exists());
        assert!(copy.join("kubeseal-rs/src/target/namespace.rs").exists(), "a folder of sources is left out");
        Ok(())
    }
}
