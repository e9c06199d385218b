//! Go judges the corpus of `crates/template`: Go's text/template and sprig render it again, with the committed results.
//! `crates/template/tests/it/corpus.rs` compares our engine's results with the same files.
//!
//! Needs Go, and no control plane.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tests::programs::own::judge::Judge;
use tests::workspace;

/// Every area of the language has a file; fewer would mean that the folder was not found.
const AREAS: usize = 5;

/// The names of all functions that Go and sprig have.
const FUNCTIONS: &str = "functions.list";

#[test]
fn is_what_go_says() -> Result<()> {
    let committed = workspace::root().join("crates/template/tests/corpus");
    let rendered = tempfile::tempdir()?;
    let cases = files(&committed, "cases")?;
    ensure!(cases.len() >= AREAS, "there are {} files of cases", cases.len());
    for file in &cases {
        fs::copy(file, rendered.path().join(name(file)))?;
    }
    render(rendered.path())?;
    let mut differences = String::new();
    let expected = files(&committed, "expected")?;
    ensure!(
        expected.len() == cases.len(),
        "there are expectations without cases, or cases without expectations"
    );
    for file in &expected {
        let by_go = fs::read_to_string(rendered.path().join(name(file)))?;
        compare(&name(file), &fs::read_to_string(file)?, &by_go, &mut differences)?;
    }
    let functions = fs::read_to_string(committed.join(FUNCTIONS))?;
    let by_go = fs::read_to_string(rendered.path().join(FUNCTIONS))?;
    let (ours, theirs): (BTreeSet<&str>, BTreeSet<&str>) =
        (functions.lines().collect(), by_go.lines().collect());
    for name in ours.symmetric_difference(&theirs) {
        let lister = if ours.contains(name) { "only what is committed" } else { "only Go" };
        writeln!(differences, "{FUNCTIONS}: {lister} has {name}")?;
    }
    ensure!(
        differences.is_empty(),
        "Go says otherwise than what is committed ({} says how to bring it up to date):\n{differences}",
        committed.join("README.md").display()
    );
    Ok(())
}

/// Runs the Go program on the cases in `directory`, which adds the expected results.
fn render(directory: &Path) -> Result<()> {
    Judge::ready("sprig")?.run(&[directory.display().to_string()], "")?;
    Ok(())
}

fn compare(file: &str, committed: &str, by_go: &str, differences: &mut String) -> Result<()> {
    ensure!(!by_go.is_empty(), "Go made nothing of {file}");
    let (ours, theirs) = (committed.lines().count(), by_go.lines().count());
    ensure!(ours == theirs, "{file} has {ours} lines, and Go gives {theirs}");
    for (committed, by_go) in committed.lines().zip(by_go.lines()).filter(|(a, b)| a != b) {
        writeln!(differences, "{file}:\n  committed {committed}\n  go        {by_go}")?;
    }
    Ok(())
}

fn files(directory: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == extension));
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
