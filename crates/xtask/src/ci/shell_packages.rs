//! Installs the shells whose completion is tested, and the readers of man pages. Only in CI, as `node_packages`.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

const INSTALL: &str = "for program in bash zsh fish groff mandoc; do \
                           command -v $program >/dev/null || missing=\"$missing $program\"; \
                       done; \
                       [ -z \"$missing\" ] || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing; }";

/// Does nothing where nothing is missing.
pub(super) fn install() -> Result<()> {
    let status = Command::new("sh").args(["-c", INSTALL]).status().context("cannot run sh")?;
    ensure!(status.success(), "the installation of shells ended with {status}");
    Ok(())
}
