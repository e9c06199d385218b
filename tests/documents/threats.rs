//! The page of threats: each line of its tables names tests or vectors that show it, and these exist.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tests::user::page::Page;
use tests::workspace;

use crate::pages;
use crate::stage::Stage;

const PAGE: &str = "kubeseal-rs/docs/clusters-threats.md";

/// The title of the column that names tests.
const COLUMN: &str = "shown by";

/// Files such as `two-keys-entry-counts.vector`; a page may write `two-keys-*`.
const VECTORS: &str = "crates/recipients/tests/vectors";

/// Fewer lines would mean that the tables were not found.
const AT_LEAST: usize = 20;

pub(crate) async fn every_threat_is_shown_by_a_test(_: Arc<Stage>) -> Result<()> {
    let known = [tests_in_sources()?, vectors()?].concat();
    let page = Page::read(PAGE)?;
    let rows = page.text().lines().filter(|line| line.starts_with("| "));
    let cells = rows.filter_map(|line| Some((line, line.trim_end().strip_suffix('|')?.rsplit('|').next()?)));
    let cells: Vec<_> = cells.filter(|(_, cell)| cell.trim() != COLUMN).collect();
    ensure!(cells.len() >= AT_LEAST, "{PAGE} has {} lines in tables", cells.len());
    let mut missing = Vec::new();
    for (line, cell) in cells {
        // Between backticks; a name with a slash is the folder of a test.
        let mut names = cell.split('`').skip(1).step_by(2).filter(|name| !name.contains('/')).peekable();
        if names.peek().is_none() {
            missing.push(format!("no test is named here: {line}"));
        }
        missing.extend(
            names.filter(|name| !is_known(name, &known)).map(|name| format!("there is no test {name}")),
        );
    }
    ensure!(missing.is_empty(), "{PAGE}:\n{}", missing.join("\n"));
    Ok(())
}

fn is_known(name: &str, known: &[String]) -> bool {
    let last = name.rsplit("::").next().unwrap_or(name);
    known.iter().any(|test| match last.strip_suffix('*') {
        Some(start) => test.starts_with(start),
        None => test == last,
    })
}

/// The names of the functions after `#[test]`, and of those that a suite of system tests lists.
fn tests_in_sources() -> Result<Vec<String>> {
    let mut names = BTreeSet::new();
    for path in pages::files("rs")? {
        let text = fs::read_to_string(workspace::root().join(&path)).with_context(|| path.clone())?;
        names.extend(tests_in(&path, &text));
    }
    Ok(names.into_iter().collect())
}

fn tests_in(path: &str, text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        is_test |= line == "#[test]";
        if is_test && let Some((_, rest)) = line.split_once("fn ") {
            names.extend(rest.split('(').next().map(str::to_owned));
            is_test = false;
        }
    }
    // A suite lists its tests as `module::name,` in the macro `tests!`. The functions themselves do not show which of them are tests.
    if path.starts_with("tests/") {
        for list in text.split("tests![").skip(1) {
            let list = list.split(']').next().unwrap_or_default();
            names.extend(
                // Without the type for which a generic one runs.
                list.split(',')
                    .filter_map(|test| test.trim().split("::<").next()?.rsplit("::").next())
                    .map(str::to_owned),
            );
        }
    }
    names
}

/// A helper of a suite shows nothing.
pub(crate) async fn only_what_a_suite_lists_is_a_test(_: Arc<Stage>) -> Result<()> {
    let text = "pub(crate) async fn helper() {}\npub(crate) async fn listed() {}\n#[test]\nfn unit() {}\ntests![\n    a::listed,\n    a::generic::<X>,\n]\n";
    let found = tests_in("tests/a/main.rs", text);
    ensure!(["listed", "generic", "unit"].iter().all(|name| is_known(name, &found)), "{found:?}");
    ensure!(!is_known("helper", &found), "a helper is no test: {found:?}");
    Ok(())
}

fn vectors() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace::root().join(VECTORS)).context(VECTORS)? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.display().to_string()));
    }
    Ok(names)
}
