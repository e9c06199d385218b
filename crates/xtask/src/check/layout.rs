//! The layout of the repository, checked: no import circles ([`circles`]), no crowded folders ([`folders`]), no word
//! that was given up ([`old_words`]), and nothing at the root but what belongs there ([`root`]).

mod circles;
mod finding;
mod folders;
mod imports;
mod modules;
mod old_words;
mod root;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use harness::failure::Failure;
use harness::workspace;
use serde_json::Value;

use crate::cargo::cargo;

use finding::Rule;

/// Fails with every finding.
pub(super) fn check() -> Result<()> {
    let root = workspace::root();
    let files = tracked_files(root)?;
    let mut findings = circles::circles_of(root, &crate_roots(root)?)?;
    findings.extend(folders::crowded(&files));
    findings.extend(old_words::in_paths(&files));
    for file in files.iter().filter(|file| Path::new(file).extension() == Some(OsStr::new("rs"))) {
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))?;
        findings.extend(old_words::in_text(file, &text));
    }
    findings.extend(root::strangers(&files));
    for rule in Rule::ALL {
        let mut texts = findings.iter().filter(|finding| finding.rule == rule).peekable();
        if texts.peek().is_some() {
            texts.for_each(|finding| println!("{}", finding.text));
            println!("  to mend it, {}", rule.how_to_mend());
        }
    }
    let count = findings.len();
    ensure!(count == 0, Failure::new(format!("the layout has {count} faults"), "each is printed above"));
    println!("{} files", files.len());
    Ok(())
}

/// The files of the repository that Git tracks or would add.
fn tracked_files(root: &Path) -> Result<Vec<String>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(list).current_dir(root).output().context("cannot run git")?;
    ensure!(output.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).context("a file's name is not UTF-8")?;
    let mut files: Vec<_> = names
        .split_terminator('\0')
        // One that is deleted but not staged is still in the index.
        .filter(|file| root.join(file).symlink_metadata().is_ok())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// The root files of all libraries and programs of the workspace, from the root of the repository.
fn crate_roots(root: &Path) -> Result<Vec<String>> {
    let output =
        cargo(&["metadata", "--no-deps", "--format-version=1"]).output().context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")?;
    let mut roots = Vec::new();
    for package in metadata["packages"].as_array().context("cargo metadata lists no packages")? {
        for target in package["targets"].as_array().into_iter().flatten() {
            let is_shipped = matches!(target["kind"][0].as_str(), Some("lib" | "bin"));
            if let (true, Some(file)) = (is_shipped, target["src_path"].as_str()) {
                let file = Path::new(file).strip_prefix(root).context("a package outside the repository")?;
                roots.push(file.display().to_string());
            }
        }
    }
    Ok(roots)
}
