//! How the text around a new entry is laid out, so that the entry looks like its siblings.

use crate::sealed_file::piece::Syntax;
use crate::sealed_file::tree::{Entry, Node};

/// The line end in use.
pub(crate) fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(newline) if text[..newline].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Where the line begins that `at` is on.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// What the line of `at` begins with, up to there.
pub(crate) fn before(text: &str, at: usize) -> &str {
    &text[line_start(text, at)..at]
}

/// What the line of `at` begins with, up to there, if that is white space alone. A line may be as long as the file.
fn indent(text: &str, at: usize) -> Option<&str> {
    let spaces = text[..at].trim_end_matches([' ', '\t']).len();
    (spaces == 0 || text[..spaces].ends_with('\n')).then(|| &text[spaces..at])
}

/// The column of a block map, in characters.
pub(crate) fn column(text: &str, map: &Node) -> usize {
    before(text, map.range.start).chars().count()
}

/// By how much block maps are indented under `object`.
pub(crate) fn step(text: &str, object: &Node) -> usize {
    let outer = column(text, object);
    object
        .entries()
        .iter()
        .filter(|entry| !entry.value.is_flow() && !entry.value.entries().is_empty())
        .find_map(|entry| column(text, &entry.value).checked_sub(outer).filter(|step| *step > 0))
        .unwrap_or(2)
}

/// How entries in braces are laid out.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    /// What stands before each entry; none where they stand in one line.
    pub lines: Option<Lines>,
    /// Between a colon and its value, and after a comma.
    pub space: &'static str,
}

/// Entries that each have a line.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub line_end: &'static str,
    pub indent: String,
    pub step: String,
}

impl Flow {
    /// That of a map in braces which has entries.
    pub(crate) fn of(text: &str, syntax: Syntax, map: &Node) -> Self {
        let last = map.entries().last();
        let indent = last.and_then(|entry| indent(text, entry.key.outer));
        let lines = indent.map(|indent| {
            let line = before(text, map.range.start);
            let outer = &line[..line.len() - line.trim_start().len()];
            let step = indent.strip_prefix(outer).filter(|step| !step.is_empty()).unwrap_or("  ");
            Lines { line_end: line_end(text), indent: indent.to_owned(), step: step.to_owned() }
        });
        let is_tight = |entry: &Entry| {
            entry.after_colon.is_some_and(|at| !text[at..].starts_with(|c: char| c.is_whitespace()))
        };
        let space = if syntax == Syntax::Json && last.is_some_and(is_tight) { "" } else { " " };
        Self { lines, space }
    }

    /// The same, one level deeper.
    pub(crate) fn deeper(&self) -> Self {
        let lines = self
            .lines
            .as_ref()
            .map(|lines| Lines { indent: format!("{}{}", lines.indent, lines.step), ..lines.clone() });
        Self { lines, space: self.space }
    }

    /// One entry in braces, where the braces stand on a line laid out like `self`.
    pub(crate) fn braced(&self, entry: &str) -> String {
        match (&self.lines, self.deeper().lines) {
            (Some(here), Some(inside)) => {
                let line_end = here.line_end;
                format!("{{{line_end}{}{entry}{line_end}{}}}", inside.indent, here.indent)
            }
            _ => format!("{{{entry}}}"),
        }
    }
}
