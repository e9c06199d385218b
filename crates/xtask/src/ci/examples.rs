//! The worked examples of CONTRIBUTING.md: all its `diff` blocks are applied to a copy of the workspace, which must compile.
//!
//! Decided: a copy that is compiled, instead of patches that are only seen to apply, because what an example calls may be renamed without
//! a change in its context lines.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use harness::user::page::Page;

use super::copy;

const PAGE: &str = ".github/CONTRIBUTING.md";

pub(super) fn compile() -> Result<()> {
    copy::check(apply_all, || format!("the examples of {PAGE} do not compile"))
}

/// Applies the examples in `copy`.
fn apply_all(copy: &Path) -> Result<()> {
    let page = Page::read(PAGE)?;
    let examples = page.blocks("diff");
    ensure!(!examples.is_empty(), "{PAGE} has no example");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_apply() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let copy = dir.path().join("copy");
        copy::make(&copy)?;
        apply_all(&copy)?;
        assert!(copy.join("kubeseal-rs/src/commands/fingerprint.rs").exists());
        assert!(copy.join("kubeseal-rs/src/target/namespace.rs").exists(), "a folder of sources is left out");
        Ok(())
    }
}
