//! Cuts a text into documents at its `---` and `...` lines. Does not parse them.
//!
//! Neither line can be inside a YAML value or a JSON string, so that a text can be cut before it is parsed: a broken document does not
//! hide the documents after it, and the error says which one is broken.

use crate::line_break::LineBreak;
use std::ops::Range;

/// A text may begin with a byte order mark, which has no meaning.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentText<'a> {
    /// From behind the marker to the next one.
    pub text: &'a str,
    /// The line of the whole text that this text begins on, from 1.
    pub first_line: usize,
}

/// Every document that has content, in order.
pub fn documents(text: &str) -> Vec<DocumentText<'_>> {
    let cut = |(range, first_line): (Range<usize>, usize)| DocumentText { text: &text[range], first_line };
    let documents = ranges(text).into_iter().map(cut);
    documents.filter(|document| has_content(document.text)).collect()
}

/// Where each document is, empty ones included, and the line that it begins on. Between two of them there is a marker.
pub(crate) fn ranges(text: &str) -> Vec<(Range<usize>, usize)> {
    let mark = text.strip_prefix(BYTE_ORDER_MARK).map_or(0, |rest| text.len() - rest.len());
    let mut found = Vec::new();
    let (mut start, mut first_line, mut position) = (mark, 1, mark);
    for (index, line) in text[mark..].split_inclusive('\n').enumerate() {
        if let Some(marker) = marker_length(line.as_bytes()) {
            found.push((start..position, first_line));
            // Text after a marker on its line belongs to the next document.
            start = position + marker;
            first_line = index + 1;
        }
        position += line.len();
    }
    found.push((start..text.len(), first_line));
    found
}

/// The length of the marker that a line begins with. `None` if the line does not separate documents.
pub fn marker_length(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"---").or_else(|| line.strip_prefix(b"..."))?;
    let ends = matches!(rest.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n'));
    ends.then_some(3)
}

/// Whether a document has more than comments and directives; Helm renders such empty documents. A lone carriage return ends a line, too.
pub fn has_content(text: &str) -> bool {
    // To YAML 1.2, what is behind it is a comment; to YAML 1.1, it is content. The document is refused when it is parsed.
    if LineBreak::first_in(text).is_some() {
        return true;
    }
    text.split(['\n', '\r']).any(|line| {
        let trimmed = line.trim();
        !(trimmed.is_empty() || trimmed.starts_with('#') || line.starts_with('%'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(stream: &str) -> Vec<(usize, &str)> {
        documents(stream).into_iter().map(|document| (document.first_line, document.text)).collect()
    }

    #[test]
    fn cuts_at_markers_and_counts_lines() {
        assert_eq!(cut("a: 1\n---\nb: 2\n"), [(1, "a: 1\n"), (2, "\nb: 2\n")]);
        assert_eq!(cut("---\r\na: 1\r\n--- # next\r\nb: 2"), [(1, "\r\na: 1\r\n"), (3, " # next\r\nb: 2")]);
        assert_eq!(cut("a: 1\n...\nb: 2\n"), [(1, "a: 1\n"), (2, "\nb: 2\n")]);
        assert_eq!(cut("--- {a: 1}\n"), [(1, " {a: 1}\n")]);
    }

    #[test]
    fn skips_what_is_empty() {
        assert_eq!(cut(""), []);
        assert_eq!(cut("\u{feff}---\n# Source: chart\n---\n\n---\na: 1\n---"), [(5, "\na: 1\n")]);
        assert_eq!(cut("%YAML 1.2\n---\na: 1\n"), [(2, "\na: 1\n")]);
        assert_eq!(cut("# a\r\n# b\r# c"), []);
    }

    #[test]
    fn a_comment_that_others_see_end_is_content() {
        for text in ["# a\rb: 1\n", "# a\u{85}b: 1\n", "# a\u{2028}b: 1\n", "# a\u{2029}b: 1\n"] {
            assert_eq!(cut(text), [(1, text)]);
        }
    }

    #[test]
    fn other_dashes_are_content() {
        let pem = "key: |\n  -----BEGIN X-----\n  ---\n  -----END X-----\n";
        assert_eq!(cut(pem), [(1, pem)]);
        assert_eq!(cut("----\n"), [(1, "----\n")]);
    }
}
