//! [`SyntaxNode`]: where each value of a document is in the text, in bytes. `build` makes it from the parser's events.

pub(crate) mod build;

use serde_saphyr::granit_parser::ScalarStyle;
use std::ops::Range;

/// A value or a key.
#[derive(Debug)]
pub(crate) struct SyntaxNode {
    /// Where it begins, anchor and tag included.
    pub outer: usize,
    /// Where its anchor and tag end, if it has any.
    pub properties_end: Option<usize>,
    /// Its text. The text of a block scalar is without the header; of a block map or list, only the start is known.
    pub range: Range<usize>,
    pub kind: SyntaxKind,
}

/// What a node holds.
#[derive(Debug)]
pub(crate) enum SyntaxKind {
    Scalar(ScalarStyle, String),
    Map { flow: bool, entries: Vec<Entry> },
    List { flow: bool, items: Vec<SyntaxNode> },
    Alias,
}

/// A key and its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub key: SyntaxNode,
    pub value: SyntaxNode,
    /// Behind the colon. `None` without a colon, as in `{key}`.
    pub after_colon: Option<usize>,
}

impl SyntaxNode {
    /// The entries of a map.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            SyntaxKind::Map { entries, .. } => entries,
            _ => &[],
        }
    }

    /// The entry with this key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()
            .iter()
            .find(|entry| matches!(&entry.key.kind, SyntaxKind::Scalar(_, text) if text == key))
    }

    /// The node at a JSON pointer.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<&Self> {
        pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).try_fold(
            self,
            |node, part| match &node.kind {
                SyntaxKind::List { items, .. } => items.get(part.parse::<usize>().ok()?),
                _ => Some(&node.entry(&part)?.value),
            },
        )
    }

    /// Whether it is a map or list in brackets.
    pub(crate) fn is_flow(&self) -> bool {
        matches!(self.kind, SyntaxKind::Map { flow: true, .. } | SyntaxKind::List { flow: true, .. })
    }

    /// Whether it is `null`, or nothing at all. In quotes, `null` is text.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, SyntaxKind::Scalar(ScalarStyle::Plain, text)
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Whether it is a scalar of several lines under a header.
    pub(crate) fn is_block_scalar(&self) -> bool {
        matches!(self.kind, SyntaxKind::Scalar(ScalarStyle::Literal | ScalarStyle::Folded, _))
    }

    /// Where its text ends: behind its last character that is not a line end.
    pub(crate) fn end(&self, text: &str) -> usize {
        let last = match &self.kind {
            SyntaxKind::Map { flow: false, entries } => entries.last().map(|entry| entry.end(text)),
            SyntaxKind::List { flow: false, items } => items.last().map(|item| item.end(text)),
            SyntaxKind::Scalar(..) if self.is_block_scalar() => Some(self.block_scalar_end(text)),
            _ => None,
        };
        last.unwrap_or(self.range.end).max(self.properties_end.unwrap_or(0))
    }

    /// Where the header of a block scalar (`|-`, `>2`) begins, looked for from `from`.
    pub(crate) fn header(&self, text: &str, from: usize) -> Option<usize> {
        let from = self.properties_end.unwrap_or(from);
        text.get(from..)?.find(['|', '>']).map(|at| from + at)
    }

    /// The end of the last line of a block scalar, without its line end. Empty lines belong to it if the header has a `+`.
    fn block_scalar_end(&self, text: &str) -> usize {
        let content = &text[self.range.clone()];
        let trimmed = content.trim_end();
        let before = &text[..self.range.start];
        let header_line = before.trim_end().rsplit('\n').next().unwrap_or_default();
        let keeps = header_line.split('#').next().unwrap_or_default().trim_end().contains('+');
        if trimmed.is_empty() {
            return before.trim_end().len();
        }
        match content.rfind('\n') {
            Some(newline) if keeps && newline >= trimmed.len() => self.range.start + newline,
            _ => self.range.start + trimmed.len(),
        }
    }
}

impl Entry {
    /// Where its text ends.
    pub(crate) fn end(&self, text: &str) -> usize {
        let key_end = self.after_colon.unwrap_or(self.key.range.end);
        // The parser puts a value that is not there anywhere.
        if self.value.is_null() && self.value.range.is_empty() {
            key_end.max(self.value.properties_end.unwrap_or(0))
        } else {
            self.value.end(text)
        }
    }
}
