//! `documents`: cuts a stream at its `---` and `...` lines. What the pieces mean is not known here.
//!
//! Neither line can stand inside a YAML value or a JSON string, so cutting first is safe; it keeps a broken
//! document from hiding those behind it, and tells which one is broken.

use crate::manifest::yaml::line_break::LineBreak;

/// What a stream may begin with, and means nothing.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// One piece of the stream that has content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Document<'a> {
    pub text: &'a str,
    /// Line in the stream that the text begins on, from 1.
    pub first_line: usize,
}

/// Every document with content, in order.
pub(crate) fn documents(stream: &str) -> Vec<Document<'_>> {
    let stream = stream.strip_prefix(BYTE_ORDER_MARK).unwrap_or(stream);
    let mut found = Vec::new();
    let mut start = 0;
    let mut first_line = 1;
    let mut position = 0;
    for (index, line) in stream.split_inclusive('\n').enumerate() {
        if let Some(marker) = marker_length(line.as_bytes()) {
            found.push(Document { text: &stream[start..position], first_line });
            // What follows on the line of a marker belongs to the next document.
            start = position + marker;
            first_line = index + 1;
        }
        position += line.len();
    }
    found.push(Document { text: &stream[start..], first_line });
    found.retain(|document| has_content(document.text));
    found
}

/// How much of a line is the marker that it begins with, if it does.
pub(crate) fn marker_length(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"---").or_else(|| line.strip_prefix(b"..."))?;
    let ends = matches!(rest.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n'));
    ends.then_some(3)
}

/// Comments and directives alone are no content; Helm leaves such documents behind. A lone carriage return ends a line, too.
pub(crate) fn has_content(text: &str) -> bool {
    // What is behind it is a comment to us and content to others, and is refused where it is read.
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
