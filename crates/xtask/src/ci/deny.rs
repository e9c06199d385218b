//! cargo-deny: which licenses and crates may be in the tree. Its configuration is `.cargo/deny.toml`,
//! which it finds by itself.
//!
//! Advisories are left out: their database is a git repository that not every machine that runs this can reach.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use harness::workspace;

use crate::cargo::cargo;

const VERSION: &str = "0.20.2";

pub(super) fn run() -> Result<()> {
    let program = installed()?;
    let mut command = Command::new(&program);
    command.args(["check", "bans", "licenses"]).current_dir(workspace::root());
    let status = command.status().with_context(|| format!("cannot run {}", program.display()))?;
    ensure!(status.success(), "cargo deny check bans licenses ended with {status}");
    Ok(())
}

/// cargo-deny in the version of this project. The first time, it is installed under `target/`, which takes minutes.
fn installed() -> Result<PathBuf> {
    let root = workspace::target_dir().join("tools");
    let program = root.join("bin/cargo-deny");
    if !is_current(&program) {
        println!("installing cargo-deny {VERSION} into target/tools, once");
        let package = format!("cargo-deny@{VERSION}");
        // Without optimization: it is run once for each time it is built.
        let mut install = cargo(&["install", "--locked", "--debug", "--force", &package, "--root"]);
        let status = install.arg(&root).status().context("cannot run cargo")?;
        ensure!(status.success(), "cargo install {package} ended with {status}");
    }
    Ok(program)
}

fn is_current(program: &Path) -> bool {
    let output = Command::new(program).arg("--version").output();
    output
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == format!("cargo-deny {VERSION}"))
}
