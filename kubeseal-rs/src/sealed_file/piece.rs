//! [`Piece`]: a stretch of the file, between `---` and `...` lines or between JSON objects. All pieces make the file.

use crate::manifest::yaml::documents::has_content;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

/// A stretch of the file. It has no Debug: it may be a Secret that stands beside a SealedSecret.
pub(crate) struct Piece {
    pub text: Zeroizing<String>,
    /// Line of the file that it begins on, from 1.
    pub first_line: usize,
    /// Number of the document that it is, from 1, among those with something in them.
    pub document: usize,
    pub syntax: Syntax,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// One YAML document.
    Yaml,
    /// One JSON object.
    Json,
    /// No document: what separates them.
    Between,
}

impl Piece {
    /// Whether it is worth parsing. The word can be spelt with escapes, which is not done in practice.
    pub(crate) fn may_be_sealed(&self) -> bool {
        self.syntax != Syntax::Between && self.text.contains("SealedSecret")
    }

    /// The same place with another text.
    pub(crate) fn with(&self, text: Zeroizing<String>) -> Self {
        Self { text, ..*self }
    }
}

/// Cuts a text; put together again, the pieces are the text.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut cutter = Cutter { pieces: Vec::new(), line: 1, documents: 0 };
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    cutter.push(&text[..text.len() - body.len()], Syntax::Between);
    let mut start = 0;
    let mut position = 0;
    for line in body.split_inclusive('\n') {
        if is_marker(line) {
            cutter.document(&body[start..position]);
            // What follows on the line of a marker belongs to the next document.
            start = position + 3;
            cutter.push(&body[position..start], Syntax::Between);
        }
        position += line.len();
    }
    cutter.document(&body[start..]);
    cutter.pieces
}

struct Cutter {
    pieces: Vec<Piece>,
    line: usize,
    documents: usize,
}

impl Cutter {
    fn push(&mut self, text: &str, syntax: Syntax) {
        if !text.is_empty() {
            self.documents += usize::from(syntax != Syntax::Between && has_content(text));
            let (first_line, document) = (self.line, self.documents);
            self.pieces.push(Piece { text: Zeroizing::new(text.to_owned()), first_line, document, syntax });
            self.line += text.matches('\n').count();
        }
    }

    fn document(&mut self, text: &str) {
        let ends = json_ends(text);
        if ends.is_empty() {
            return self.push(text, Syntax::Yaml);
        }
        let mut start = 0;
        for end in ends {
            let object = &text[start..end];
            let spaces = object.len() - object.trim_start().len();
            self.push(&object[..spaces], Syntax::Between);
            self.push(&object[spaces..], Syntax::Json);
            start = end;
        }
        self.push(&text[start..], Syntax::Between);
    }
}

fn is_marker(line: &str) -> bool {
    let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Where the JSON objects of a document end; none where it is not JSON all through.
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
        let pieces = pieces(text);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        pieces
            .into_iter()
            .filter(|piece| piece.syntax != Syntax::Between)
            .map(|piece| (piece.first_line, piece.text.to_string(), piece.syntax))
            .collect()
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
