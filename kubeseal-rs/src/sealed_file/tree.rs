//! [`Node`]: where in a piece everything stands, by the byte. Made from the parser's events.

pub(crate) mod build;

use serde_saphyr::granit_parser::ScalarStyle;
use std::ops::Range;

/// A value, or a key.
#[derive(Debug)]
pub(crate) struct Node {
    /// Where it begins, anchor and tag included.
    pub outer: usize,
    /// Where its anchor and tag end, if it has any.
    pub properties_end: Option<usize>,
    /// Its text. Of a block scalar without the header, of a block map or list only the beginning counts.
    pub range: Range<usize>,
    pub content: Content,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Content {
    Scalar(ScalarStyle, String),
    Map { flow: bool, entries: Vec<Entry> },
    List { flow: bool, items: Vec<Node> },
    Alias,
}

/// A key and its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub key: Node,
    pub value: Node,
    /// Behind the colon; none where there is none, as in `{key}`.
    pub after_colon: Option<usize>,
}

impl Node {
    /// The entries of a map.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map { entries, .. } => entries,
            _ => &[],
        }
    }

    /// The entry with this key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()
            .iter()
            .find(|entry| matches!(&entry.key.content, Content::Scalar(_, text) if text == key))
    }

    /// The item of a list.
    pub(crate) fn item(&self, index: usize) -> Option<&Self> {
        match &self.content {
            Content::List { items, .. } => items.get(index),
            _ => None,
        }
    }

    /// Whether it is a map or list in brackets.
    pub(crate) fn is_flow(&self) -> bool {
        matches!(self.content, Content::Map { flow: true, .. } | Content::List { flow: true, .. })
    }

    /// Whether nothing, or a word for nothing, stands there. Quoted, the word would be text.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar(ScalarStyle::Plain, text)
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Whether it is a scalar of several lines under a header.
    pub(crate) fn is_block_scalar(&self) -> bool {
        matches!(self.content, Content::Scalar(ScalarStyle::Literal | ScalarStyle::Folded, _))
    }

    /// Where its text ends: behind its last character that is not a line end.
    pub(crate) fn end(&self, text: &str) -> usize {
        let last = match &self.content {
            Content::Map { flow: false, entries } => entries.last().map(|entry| entry.end(text)),
            Content::List { flow: false, items } => items.last().map(|item| item.end(text)),
            Content::Scalar(..) if self.is_block_scalar() => Some(self.block_scalar_end(text)),
            _ => None,
        };
        last.unwrap_or(self.range.end).max(self.properties_end.unwrap_or(0))
    }

    /// Where the header of a block scalar (`|-`, `>2`) begins, looked for from `from`.
    pub(crate) fn header(&self, text: &str, from: usize) -> Option<usize> {
        let from = self.properties_end.unwrap_or(from);
        text.get(from..)?.find(['|', '>']).map(|at| from + at)
    }

    /// Behind the last line of a block scalar; where its header says to keep them, that is the last of its empty
    /// lines. The line end itself does not count.
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
