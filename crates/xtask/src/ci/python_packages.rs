//! Installs Python's module `venv`, which Debian has in a package of its own. Only in CI, as `node_packages`.
//!
//! Decided: CI goes on where it cannot be installed, and reports the tests with Python as unrun, because a test of Rust reads
//! the vectors that the Python program wrote on every machine.

use std::process::{Command, Stdio};

const INSTALL: &str = "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends python3-venv";

/// Does nothing where nothing is missing.
pub(super) fn install() {
    if !has_venv() && !Command::new("sh").args(["-c", INSTALL]).status().is_ok_and(|status| status.success())
    {
        println!("python3-venv could not be installed");
    }
}

/// Whether Python can make environments with pip in them.
fn has_venv() -> bool {
    let mut probe = Command::new("python3");
    probe.args(["-c", "import ensurepip, venv"]).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}
