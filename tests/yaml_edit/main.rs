//! `crates/yaml-edit-in-place`, judged by Go's YAML readers: random files are edited, and kubectl and kustomize must read the new text
//! as the old one with the edit made. Every byte outside the edit must stay, and every comment.
//!
//! `document` has the files, `written`, `block` and `braces` their text, `edit` the edits, `survival` what stays, and `go` the readers.
//! A failure prints the smallest file that shows it and its seed; `YAML_EDIT_SEED=<number> cargo test --workspace --test yaml_edit`
//! runs the files of that seed. Needs Go, and no control plane.

mod block;
mod braces;
mod document;
mod edit;
mod go;
mod survival;
mod written;

use std::cell::Cell;
use std::env;

use anyhow::{Context as _, Error, Result, anyhow, bail, ensure};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::Value;
use yaml_edit_in_place::{EditError, ParseError, YamlFile};

use crate::document::MARK;
use crate::edit::Chosen;
use crate::go::Go;

/// Each of them runs the Go program once.
const CASES: u32 = 1000;

/// Decided: one seed, so that a failure comes from the change under test; instead of a random one, which would fail a change that has
/// nothing to do with YAML when it meets a rare spelling. `YAML_EDIT_SEED` looks for more of those.
const SEED: u64 = 20_261_129;

/// Of the files: kubectl, kustomize and the editor.
const READERS: usize = 3;

/// A file that every reader understands is edited as asked.
#[test]
fn ordinary_files() -> Result<()> {
    let go = Go::ready()?;
    let case = (document::file(false), edit::choice());
    let edited = run(&case, |(file, choice)| {
        let file = file.written();
        let Some(chosen) = choice.resolve(&file) else { return Ok(false) };
        let after = edited(&file.text, &chosen)?.map_err(|error| shown(error.into(), &file.text, &chosen))?;
        survival::check(&file.text, &after, &chosen)
            .and_then(|()| read_alike(&go, &file.text, &after, &chosen))
            .and_then(|errors| if errors.is_empty() { Ok(()) } else { bail!("before the edit, {errors:?}") })
            .map_err(|error| shown(error, &after, &chosen))?;
        Ok(true)
    })?;
    ensure!(edited > CASES / 2, "only {edited} edits in {CASES} files");
    Ok(())
}

/// In a file with aliases, merge keys and tags, and in one that is damaged, an edit is refused, or as good as in any other file.
#[test]
fn odd_and_damaged_files() -> Result<()> {
    let go = Go::ready()?;
    let damage = prop_oneof![
        Just(String::new()),
        "[-{}\\[\\],:#&*!|>'\"?%\n\t a]{1,2}",
        "\n<<: \\*map\n|\n *- \n|\n...\n|\r|\u{a0}"
    ];
    let case = (document::file(true), edit::choice(), any::<Index>(), damage);
    let edited = run(&case, |(file, choice, at, damage)| {
        let file = file.written();
        let Some(chosen) = choice.resolve(&file) else { return Ok(false) };
        let starts: Vec<usize> = file.text.char_indices().map(|(at, _)| at).collect();
        let mut text = file.text;
        text.insert_str(*at.get(&starts), damage);
        let Ok(after) = edited(&text, &chosen)? else { return Ok(false) };
        let errors = read_alike(&go, &text, &after, &chosen)
            .map_err(|error| shown(error, &format!("{text}\n=== became\n{after}"), &chosen))?;
        Ok(errors.len() < READERS)
    })?;
    ensure!(edited > CASES / 8, "only {edited} edits in {CASES} files");
    Ok(())
}

/// Runs the cases. The number of those that say that they tried something.
fn run<S: Strategy>(cases: &S, test: impl Fn(&S::Value) -> Result<bool>) -> Result<u32> {
    let seed = match env::var("YAML_EDIT_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => SEED,
    };
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 256,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    };
    let tried = Cell::new(0);
    let outcome = TestRunner::new(config).run(cases, |case| {
        let has_tried = test(&case).map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
        tried.set(tried.get() + u32::from(has_tried));
        Ok(())
    });
    match outcome {
        Ok(()) => Ok(tried.get()),
        Err(TestError::Fail(reason, _)) => bail!("YAML_EDIT_SEED={seed} runs this again: {reason}"),
        Err(TestError::Abort(reason)) => bail!("YAML_EDIT_SEED={seed} was given up: {reason}"),
    }
}

/// The text after the edit. An edit that is refused leaves the text as it was.
fn edited(text: &str, chosen: &Chosen) -> Result<Result<String, EditError>> {
    let mut file = YamlFile::read(text);
    let document = file.documents().iter().position(|document| document.text().contains(MARK));
    let Some(document) = document else { return Ok(Err(EditError::ChangesOther)) };
    let outcome: Result<(), EditError> = file.edit(document, &[chosen.edit()]).into_iter().collect();
    ensure!(outcome.is_ok() || *file.text() == text, "the edit was refused, and changed something");
    Ok(outcome.map(|()| file.text().to_string()))
}

/// Each reader that understands the text before the edit, the editor's own parser among them, must find the edit, and nothing else, in the
/// text after it. The errors of those that do not understand it before.
fn read_alike(go: &Go, before: &str, after: &str, chosen: &Chosen) -> Result<Vec<String>> {
    let [old, new] = go.read([before, after])?;
    let ours = |text| ("the editor", documents(text).map_err(|error| error.to_string()));
    let old = old.readers().into_iter().chain([ours(before)]);
    let new = new.readers().into_iter().chain([ours(after)]);
    let mut errors = Vec::new();
    for ((reader, old), (_, new)) in old.zip(new) {
        let found = old.and_then(|documents| {
            let has_object =
                |value: &Value| value["kind"] == MARK && value.pointer(&chosen.edit().at).is_some();
            let edited = documents.iter().position(has_object);
            edited.map(|edited| (documents, edited)).ok_or_else(|| "there is no such object".to_owned())
        });
        match found {
            Err(error) => errors.push(format!("{reader}: {error}")),
            Ok((mut expected, edited)) => {
                let applied = chosen.apply(&mut expected[edited]);
                applied.with_context(|| format!("to {reader}, there is no map to edit"))?;
                let new = new.map_err(|error| anyhow!("{reader} cannot read the new text: {error}"))?;
                ensure!(new == expected, "{reader} reads {}\nand not {}", json(&new), json(&expected));
            }
        }
    }
    Ok(errors)
}

fn documents(text: &str) -> Result<Vec<Value>, ParseError> {
    YamlFile::read(text).documents().iter().map(|document| document.value().cloned()).collect()
}

fn json(values: &[Value]) -> String {
    serde_json::to_string(values).unwrap_or_default()
}

fn shown(error: Error, text: &str, chosen: &Chosen) -> Error {
    error.context(format!("{:?}\n=== in\n{text}\n===", chosen.edit()))
}
