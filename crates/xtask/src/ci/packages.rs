//! Packages as they are built outside this workspace's own commands. A build of the whole workspace hides a package that only
//! builds because another one enabled a feature.
//!
//! Decided: the programs each alone, as the Dockerfile and users build them, and the libraries together, instead of every package
//! alone: with each selection most dependencies have other features, and are compiled once more. A library is used by the
//! programs alone, and the tools have just been built alone, to run this.

use anyhow::{Context as _, Result, ensure};
use harness::failure::Failure;
use serde_json::Value;

use crate::cargo::cargo;

const BUILDS: [&[&str]; 3] = [
    &["controller"],
    &["kubeseal-rs"],
    &[
        "envelope",
        "recipients",
        "api",
        "sealing",
        "key-wrapping",
        "strict-json",
        "template",
        "yaml-edit-in-place",
    ],
];

/// `cargo xtask` itself, and what it uses.
const TOOLS: [&str; 3] = ["xtask", "tests", "release"];

pub(super) fn check() -> Result<()> {
    every_package_is_in_one(&names()?)?;
    for packages in BUILDS {
        let selected = packages.iter().flat_map(|name| ["--package", name]);
        let arguments: Vec<_> = ["check", "--quiet"].into_iter().chain(selected).collect();
        let line = format!("cargo {}", arguments.join(" "));
        println!("{line}");
        let status = cargo(&arguments).status().context("cannot run cargo")?;
        ensure!(status.success(), "{} does not build without the others: {line}", packages.join(", "));
    }
    Ok(())
}

fn every_package_is_in_one(names: &[String]) -> Result<()> {
    for name in names {
        let known = BUILDS.into_iter().flatten().chain(&TOOLS).any(|known| known == name);
        let hint = "add it to a build in crates/xtask/src/ci/packages.rs";
        ensure!(known, Failure::new(format!("no build says that {name} builds without the others"), hint));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_package_is_not_forgotten() {
        assert!(every_package_is_in_one(&["api".to_owned(), "xtask".to_owned()]).is_ok());
        assert!(every_package_is_in_one(&["new".to_owned()]).is_err());
    }
}
