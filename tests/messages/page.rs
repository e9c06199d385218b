//! [`Page`]: the entries of a document's tables.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// The entries of a document.
#[derive(Debug)]
pub(crate) struct Page(Vec<Entry>);

/// A code span in the first column of a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub line: usize,
    /// The heading of that column, in lower case: `message`, `reason`, …
    pub of: String,
    pub text: String,
}

impl Page {
    pub(crate) fn read(root: &Path, path: &str) -> Result<Self> {
        let text = fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
        Ok(Self(entries(&text)))
    }

    /// The entries of tables whose first column has this heading.
    pub(crate) fn of<'a>(&'a self, heading: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.0.iter().filter(move |entry| entry.of == heading)
    }
}

fn entries(text: &str) -> Vec<Entry> {
    let (mut entries, mut heading) = (Vec::new(), None);
    for (at, line) in text.lines().enumerate() {
        let Some(cell) = line.strip_prefix('|').map(first_cell) else {
            heading = None;
            continue;
        };
        match &heading {
            None => heading = Some(cell.trim().to_lowercase()),
            Some(of) => entries.extend(spans(&cell).into_iter().map(|text| Entry {
                line: at + 1,
                of: of.clone(),
                text,
            })),
        }
    }
    entries
}

/// The text up to the next `|` that is not escaped.
fn first_cell(row: &str) -> String {
    let mut parts = row.split('|');
    let mut cell = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some(escaped) = cell.strip_suffix('\\') else { break };
        cell = format!("{escaped}|{part}");
    }
    cell
}

/// The code spans of a cell, between equal numbers of backquotes.
fn spans(cell: &str) -> Vec<String> {
    let (mut spans, mut rest) = (Vec::new(), cell);
    while let Some(start) = rest.find('`') {
        let opened = &rest[start..];
        let fence = &opened[..opened.len() - opened.trim_start_matches('`').len()];
        let inside = &opened[fence.len()..];
        let Some(end) = inside.find(fence) else { break };
        spans.push(inside[..end].trim().to_owned());
        rest = &inside[end + fence.len()..];
    }
    spans
}

#[test]
fn entries_are_the_code_in_first_cells() {
    let text = "a `b` c\n\n| Message | cause |\n|---|---|\n| `one`<br>`two \\| three` | `no` |\n| ``write `a=b` `` | no |\n";
    let found: Vec<_> = entries(text).into_iter().map(|entry| (entry.line, entry.of, entry.text)).collect();
    let expected = [(5, "one"), (5, "two | three"), (6, "write `a=b`")];
    assert_eq!(found, expected.map(|(line, text)| (line, "message".to_owned(), text.to_owned())));
}
