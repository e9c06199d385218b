//! Installs the system packages that the tests on a node need. Only in CI, because a developer's machine is not ours to change.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use harness::node::requirements;
use harness::workspace;

/// Does nothing where nothing is missing.
pub(super) fn install() -> Result<()> {
    let Some(missing) = requirements::missing() else { return Ok(()) };
    println!("{missing}");
    let status = Command::new(workspace::root().join(requirements::INSTALL)).status();
    let status = status.with_context(|| format!("cannot run {}", requirements::INSTALL))?;
    ensure!(status.success(), "{} ended with {status}", requirements::INSTALL);
    Ok(())
}
