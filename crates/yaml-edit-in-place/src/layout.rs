//! Indentation and braces of the text around a new entry, so that the entry looks like its siblings.

use crate::document::Syntax;
use crate::lines::{before, indent, line_end};
use crate::syntax::{Entry, SyntaxNode};

/// The column of a block map, in characters.
pub(crate) fn column(text: &str, map: &SyntaxNode) -> usize {
    before(text, map.range.start).chars().count()
}

/// How far `object` indents the block maps in it.
pub(crate) fn step(text: &str, object: &SyntaxNode) -> usize {
    let outer = column(text, object);
    object
        .entries()
        .iter()
        .filter(|entry| !entry.value.is_flow() && !entry.value.entries().is_empty())
        .find_map(|entry| column(text, &entry.value).checked_sub(outer).filter(|step| *step > 0))
        .unwrap_or(2)
}

/// The layout of entries in braces.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    /// What comes before each entry. `None` if all entries are on one line.
    pub lines: Option<Lines>,
    /// Between a colon and its value, and after a comma.
    pub space: &'static str,
}

/// The layout of entries that each have a line.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub line_end: &'static str,
    pub indent: String,
    pub step: String,
}

impl Flow {
    /// The layout of a map in braces that has entries.
    pub(crate) fn of(text: &str, syntax: Syntax, map: &SyntaxNode) -> Self {
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

    /// The layout one level deeper.
    pub(crate) fn deeper(&self) -> Self {
        let lines = self
            .lines
            .as_ref()
            .map(|lines| Lines { indent: format!("{}{}", lines.indent, lines.step), ..lines.clone() });
        Self { lines, space: self.space }
    }

    /// One entry in braces. The brace before it is on a line with the layout `self`.
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
