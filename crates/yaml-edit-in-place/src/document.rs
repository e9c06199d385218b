//! [`Document`]: one YAML document or JSON object of a file, as text and as data.

use crate::error::ParseError;
use crate::limits::{alias_limits, budget};
use crate::line_break::LineBreak;
use crate::split::{has_content, ranges};
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_saphyr::options;
use std::cell::OnceCell;
use zeroize::Zeroizing;

/// One YAML document, or one JSON object. It has no Debug: it may hold a Secret.
pub struct Document {
    /// What separates it from the document before: a marker, or white space.
    pub(crate) separator: Zeroizing<String>,
    pub(crate) text: Zeroizing<String>,
    first_line: usize,
    number: usize,
    pub(crate) syntax: Syntax,
    /// `None` before the first call of `value`.
    value: OnceCell<Value>,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("number", &self.number).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Yaml,
    Json,
}

impl Document {
    /// The text, without the marker before it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line of the file that the text begins on, from 1.
    pub fn first_line(&self) -> usize {
        self.first_line
    }

    /// The number of the document, from 1. Documents without content are not counted.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Whether it is a JSON object; anything else is YAML.
    pub fn is_json(&self) -> bool {
        self.syntax == Syntax::Json
    }

    /// The document as data, with aliases and merge keys expanded. Parsed at the first call.
    pub fn value(&self) -> Result<&Value, ParseError> {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let value = self.parse()?;
        Ok(self.value.get_or_init(|| value))
    }

    /// The document with another text, which is not parsed yet.
    pub(crate) fn with_text(&self, text: Zeroizing<String>) -> Self {
        Self { separator: self.separator.clone(), text, value: OnceCell::new(), ..*self }
    }

    fn parse(&self) -> Result<Value, ParseError> {
        let document = self.number;
        let syntax = |line: usize| ParseError::Syntax { document, line: self.first_line + line.max(1) - 1 };
        if self.is_json() {
            return serde_json::from_str(&self.text).map_err(|error| syntax(error.line()));
        }
        if let Some((found, position)) = LineBreak::first_in(&self.text) {
            return Err(ParseError::LineBreak { document, line: self.first_line + position.line - 1, found });
        }
        let options = options! {
            // A snippet is a line of the text.
            with_snippet: false,
            legacy_octal_numbers: true,
            budget: budget(&self.text),
            alias_limits: alias_limits(&self.text),
        };
        serde_saphyr::from_str_with_options(&self.text, options).map_err(|error| {
            let line = error.location().and_then(|location| usize::try_from(location.line()).ok());
            syntax(line.unwrap_or(1))
        })
    }
}

/// Cuts a text into documents, and what is behind the last one. Put together again, they are the text.
pub(crate) fn cut(text: &str) -> (Vec<Document>, Zeroizing<String>) {
    let mut cutter = Cutter { documents: Vec::new(), separator: Zeroizing::default(), number: 0 };
    let mut end = 0;
    for (range, first_line) in ranges(text) {
        cutter.separator.push_str(&text[end..range.start]);
        end = range.end;
        cutter.objects(&text[range], first_line);
    }
    (cutter.documents, cutter.separator)
}

struct Cutter {
    documents: Vec<Document>,
    /// What was passed since the last document.
    separator: Zeroizing<String>,
    number: usize,
}

impl Cutter {
    /// JSON may put several objects into one document.
    fn objects(&mut self, text: &str, first_line: usize) {
        let ends = json_ends(text);
        if ends.is_empty() {
            return self.push(text, first_line, Syntax::Yaml);
        }
        let (mut start, mut line) = (0, first_line);
        for end in ends {
            let object = text[start..end].trim_start();
            let spaces = &text[start..end - object.len()];
            self.separator.push_str(spaces);
            line += spaces.matches('\n').count();
            self.push(object, line, Syntax::Json);
            line += object.matches('\n').count();
            start = end;
        }
        self.separator.push_str(&text[start..]);
    }

    fn push(&mut self, text: &str, first_line: usize, syntax: Syntax) {
        if text.is_empty() {
            return;
        }
        self.number += usize::from(has_content(text));
        self.documents.push(Document {
            separator: std::mem::take(&mut self.separator),
            text: Zeroizing::new(text.to_owned()),
            first_line,
            number: self.number,
            syntax,
            value: OnceCell::new(),
        });
    }
}

/// Where the JSON objects of a document end. Empty if it is not JSON all through.
fn json_ends(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    if text.trim_start().starts_with('{') {
        let mut objects = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
        while let Some(object) = objects.next() {
            if object.is_err() {
                return Vec::new();
            }
            ends.push(objects.byte_offset());
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(usize, String, Syntax)> {
        let (documents, end) = super::cut(text);
        let joined: String = documents
            .iter()
            .flat_map(|document| [document.separator.as_str(), document.text()])
            .chain([end.as_str()])
            .collect();
        assert_eq!(joined, text);
        let parts = |it: &Document| (it.first_line, it.text.to_string(), it.syntax);
        documents.iter().map(parts).collect()
    }

    fn yaml(line: usize, text: &str) -> (usize, String, Syntax) {
        (line, text.to_owned(), Syntax::Yaml)
    }

    #[test]
    fn documents() {
        assert_eq!(cut(""), []);
        assert_eq!(cut("\u{feff}a: 1\r\n--- # b\r\nb: 2"), [yaml(1, "a: 1\r\n"), yaml(2, " # b\r\nb: 2")]);
        assert_eq!(cut("a: 1\n...\n---\nb: 2\n"), [yaml(1, "a: 1\n"), yaml(2, "\n"), yaml(3, "\nb: 2\n")]);
        assert_eq!(cut("k: |\n  ---\n----\n"), [yaml(1, "k: |\n  ---\n----\n")]);
    }

    #[test]
    fn objects_in_a_row() {
        let object = |line, text: &str| (line, text.to_owned(), Syntax::Json);
        assert_eq!(cut(" {\n}\n{\"a\": {}}\n"), [object(1, "{\n}"), object(3, "{\"a\": {}}")]);
        assert_eq!(cut("{a: b}\n"), [yaml(1, "{a: b}\n")]);
        assert_eq!(cut("{}\n---\n{}"), [object(1, "{}"), object(3, "{}")]);
    }
}
