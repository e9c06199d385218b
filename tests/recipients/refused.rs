//! Texts that are almost a document: both implementations read them, or both refuse them.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use proptest::arbitrary::any;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use proptest::{collection, sample};
use recipients::Recipients;
use serde_json::Value;

use crate::stage::{Program, read};

/// Number of texts.
const TEXTS: usize = 4000;

/// At least so many of them are read, and so many refused: fewer would mean that the changes are all of one kind.
const OF_EACH: usize = 40;

/// What is put into the text, or in place of something.
const PIECES: [&str; 42] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u0074",
    "\\ud800",
    "\\udc00",
    "\\n",
    "\\/",
    "\n",
    "\t",
    " ",
    "\r",
    "\u{b}",
    "\u{a0}",
    "\u{0}",
    "\u{feff}",
    "é",
    "0",
    "1",
    "-",
    ".",
    "e0",
    "1.0",
    "null",
    "true",
    "NaN",
    "\"v\":1,",
    "\"key\":\"\",",
    "\"age\":null,",
    "\"keyId\":\"\",",
    "\"annotations\":{},",
    "A",
    "a",
    "=",
    "+",
    "/",
    "_",
];

/// A change: where; how many characters go; and what comes in their place.
type Change = (sample::Index, usize, &'static str);

pub(crate) async fn both_read_the_same_texts(program: Arc<Program>) -> Result<()> {
    let vector = read("crates/recipients/tests/vectors/two-groups.vector")?;
    let mut document: Value = serde_json::from_str(vector.split("\n\n").nth(1).context("no annotation")?)?;
    // Most changes would hit the long keys.
    for group in document["groups"].as_array_mut().into_iter().flatten() {
        for recipient in group["to"].as_array_mut().into_iter().flatten() {
            recipient["key"] = "AAAA".into();
        }
    }
    compare(&program, "recipients.py", &document.to_string(), |text| {
        Recipients::from_text(text).map(drop).map_err(|error| error.to_string())
    })
}

/// Changes a text at random, many times. Rust and a Python program read the same of what comes out.
pub(crate) fn compare(
    program: &Program,
    file: &str,
    text: &str,
    by_rust: impl Fn(&str) -> Result<(), String>,
) -> Result<()> {
    let change = (any::<sample::Index>(), 0_usize..3, sample::select(&PIECES[..]));
    let changes = collection::vec(change, 1..3);
    let mut runner = TestRunner::default();
    let mut texts = Vec::new();
    for _ in 0..TEXTS {
        let changes = changes.new_tree(&mut runner).map_err(anyhow::Error::msg)?.current();
        texts.push(changes.into_iter().fold(text.to_owned(), |text, change| changed(&text, change)));
    }
    let by_python = program.python.run(file, &["read"], serde_json::to_string(&texts)?.as_bytes())?;
    let by_python: Vec<Value> = serde_json::from_str(&by_python)?;
    ensure!(by_python.len() == texts.len(), "Python answers for {} texts", by_python.len());
    let mut is_read = 0;
    for (text, by_python) in texts.iter().zip(by_python) {
        let ours = by_rust(text);
        ensure!(by_python == ours.is_ok(), "Python reads this: {by_python}; Rust: {ours:?}\n{text}");
        is_read += usize::from(ours.is_ok());
    }
    ensure!((OF_EACH..TEXTS - OF_EACH).contains(&is_read), "{is_read} of {TEXTS} texts are read");
    Ok(())
}

fn changed(text: &str, (place, removed, piece): Change) -> String {
    let boundaries: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let start = place.index(boundaries.len());
    let end = (start + removed).min(boundaries.len() - 1);
    format!("{}{piece}{}", &text[..boundaries[start]], &text[boundaries[end]..])
}
