//! [`SyntaxNode`]: where each value of a document is in the text, in bytes. `build` makes it from the parser's events.

pub(crate) mod build;

use crate::lines::{BLANK, before, line_start, skip_comments};
use serde_saphyr::granit_parser::ScalarStyle;
use std::ops::Range;

/// A value or a key.
#[derive(Debug)]
pub(crate) struct SyntaxNode {
    /// Where it begins, anchor and tag included.
    pub outer: usize,
    /// Where its anchor and tag end, if it has any.
    pub properties_end: Option<usize>,
    /// The tag (`!!str`, `!mine`).
    pub tag: Option<Range<usize>>,
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

    /// Whether a merge key (`<<`) follows the entry. Go's parser for YAML 1.1 then takes the merged value of the key, others take the
    /// entry's.
    pub(crate) fn is_merged_behind(&self, entry: &Entry) -> bool {
        self.entries().iter().any(|other| {
            other.key.outer > entry.key.outer
                && matches!(&other.key.kind, SyntaxKind::Scalar(ScalarStyle::Plain, text) if text == "<<")
        })
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

    /// Whether nothing is written where the value belongs. The parser puts such a value anywhere.
    pub(crate) fn is_missing(&self) -> bool {
        self.is_null() && self.range.is_empty()
    }

    /// Whether it is a block scalar that keeps its line ends: one with `|`.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.kind, SyntaxKind::Scalar(ScalarStyle::Literal, _))
    }

    /// Whether it is a scalar of several lines under a header.
    pub(crate) fn is_block_scalar(&self) -> bool {
        matches!(self.kind, SyntaxKind::Scalar(ScalarStyle::Literal | ScalarStyle::Folded, _))
    }

    /// Whether its last line is one of a block scalar.
    pub(crate) fn ends_in_block(&self) -> bool {
        match &self.kind {
            SyntaxKind::Map { flow: false, entries } => {
                entries.last().is_some_and(|entry| entry.value.ends_in_block())
            }
            SyntaxKind::List { flow: false, items } => items.last().is_some_and(Self::ends_in_block),
            _ => self.is_block_scalar(),
        }
    }

    /// Where its text ends: behind its last character that is not a line end.
    pub(crate) fn end(&self, text: &str) -> usize {
        let last = match &self.kind {
            SyntaxKind::Map { flow: false, entries } => entries.last().map(|entry| entry.end(text)),
            SyntaxKind::List { flow: false, items } => items.last().map(|item| {
                if item.is_missing() {
                    // Somewhere between the dash and what follows.
                    text[..item.range.start].trim_end_matches(BLANK).len()
                } else {
                    item.end(text)
                }
            }),
            SyntaxKind::Scalar(_, value) if self.is_block_scalar() => {
                Some(self.block_scalar_end(text, value))
            }
            _ => None,
        };
        last.unwrap_or(self.range.end).max(self.properties_end.unwrap_or(0))
    }

    /// Where the header of a block scalar (`|-`, `>2`) begins, which is the value of an entry.
    pub(crate) fn header(&self, text: &str, after_colon: usize) -> Option<usize> {
        let header = skip_comments(text, self.properties_end.unwrap_or(after_colon))?;
        text[header..].starts_with(['|', '>']).then_some(header)
    }

    /// The end of the last line of a block scalar, without its line end. Empty lines belong to it if the header has a `+`.
    fn block_scalar_end(&self, text: &str, value: &str) -> usize {
        let content = &text[self.range.clone()];
        let trimmed = content.trim_end_matches(BLANK);
        let keeps = value.ends_with("\n\n");
        match content.rfind('\n') {
            Some(newline) if keeps && newline >= trimmed.len() => self.range.start + newline,
            _ if trimmed.is_empty() => text[..self.range.start].trim_end_matches(BLANK).len(),
            _ => self.range.start + trimmed.len(),
        }
    }
}

impl Entry {
    /// Where its text begins: at its key, or at the `?` before the key.
    pub(crate) fn start(&self, text: &str) -> usize {
        let start = self.key.outer;
        before(text, start)
            .trim_end_matches(BLANK)
            .strip_suffix('?')
            .map_or(start, |before| line_start(text, start) + before.len())
    }

    /// Where its text ends.
    pub(crate) fn end(&self, text: &str) -> usize {
        let key_end = self.after_colon.unwrap_or(self.key.range.end);
        if self.value.is_missing() {
            key_end.max(self.value.properties_end.unwrap_or(0))
        } else {
            self.value.end(text)
        }
    }
}
