//! Each package of the workspace, checked by itself.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::cargo::cargo;

pub(super) fn check_each() -> Result<()> {
    for name in names()? {
        println!("cargo check --package {name}");
        let status = cargo(&["check", "--quiet", "--package", &name]).status().context("cannot run cargo")?;
        ensure!(status.success(), "{name} does not build by itself: cargo check --package {name}");
    }
    Ok(())
}

fn names() -> Result<Vec<String>> {
    let output =
        cargo(&["metadata", "--no-deps", "--format-version=1"]).output().context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    Ok(packages.iter().filter_map(|package| package["name"].as_str()).map(str::to_owned).collect())
}
