//! `look`: values of Secrets in flow or JSON style (`stringData: {a: b}`), in a text that does not parse: between its
//! brackets, whatever comments and templates stand there.

use super::finding::{Finding, What};
use super::plain::{Extent, is_plain};
use crate::command::loose::behind_key;
use std::ops::Range;

/// The plain values under `data: {…}` and `stringData: {…}`; of `text`, whose first line is `first_line` of its file.
pub(super) fn look(text: &str, first_line: usize, document: usize) -> Vec<Finding> {
    let mut found = Vec::new();
    for at in behind_key(text, "data").chain(behind_key(text, "stringData")) {
        let Some(inside) = opened(&text[at..]) else { continue };
        let mut reader = Reader { text, at: text.len() - inside.len() };
        while let Some((key, value)) = reader.entry() {
            let (start, value) = (value.start, &text[value]);
            let is_nested = value.starts_with(['{', '[']) && !value.starts_with("{{");
            let is_none = is_nested || matches!(value, "null" | "~");
            if !is_none && is_plain(value.trim_matches(['"', '\'']), Extent::Whole) {
                let lines_before = text[..start].matches('\n').count();
                let what = What::SecretText { key: key.to_owned() };
                found.push(Finding { line: first_line + lines_before, document: Some(document), what });
            }
        }
    }
    found
}

/// What is behind the bracket, where the value is a map in flow style; anchors and tags may stand before it.
fn opened(value: &str) -> Option<&str> {
    let mut value = value.trim_start();
    while value.starts_with(['&', '!']) {
        value = value.split_once(char::is_whitespace)?.1.trim_start();
    }
    value.strip_prefix('{').filter(|inside| !inside.starts_with('{'))
}

/// Reads the entries of a map, from behind its bracket.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    /// The next key, without quotes, and where its value stands.
    fn entry(&mut self) -> Option<(&'t str, Range<usize>)> {
        loop {
            let key = self.token(&[':', ',', '}'], false);
            let end = self.text[self.at..].chars().next().filter(|end| *end != '}')?;
            self.at += 1;
            if end == ':' {
                // What makes the key, or stands before it, is a template.
                let key =
                    self.text[key].rsplit("}}").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
                return Some((key, self.token(&[',', '}'], true)));
            }
        }
    }

    /// Where that stands which is before one of `ends`, without comments and spaces around it.
    fn token(&mut self, ends: &[char], is_value: bool) -> Range<usize> {
        let mut start = self.at;
        let mut end = None;
        let mut depth = 0_usize;
        while let Some(c) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            let read = self.text[start..self.at].trim();
            let begins = read.is_empty() || read.ends_with("}}") || depth > 0;
            let before = self.text[..self.at].chars().next_back();
            self.at += if let Some(length) = template(rest) {
                length
            } else if let Some(length) = comment(rest, before, is_value && read.is_empty()) {
                if read.is_empty() {
                    start = self.at + length;
                } else {
                    end = end.or(Some(self.at));
                }
                length
            } else if depth == 0 && ends.contains(&c) {
                break;
            } else if begins && matches!(c, '"' | '\'') {
                quoted(rest, c)
            } else {
                match c {
                    '{' | '[' => depth += 1,
                    '}' | ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                c.len_utf8()
            };
        }
        let read = self.text[start..end.unwrap_or(self.at)].trim_end();
        start += read.len() - read.trim_start().len();
        start..start + read.trim_start().len()
    }
}

/// The length of the template that the text begins with.
fn template(text: &str) -> Option<usize> {
    text.starts_with("{{").then(|| text.find("}}").map(|end| end + 2)).flatten()
}

/// The length of the comment that the text begins with. A bare value may begin like one of JSON's.
fn comment(text: &str, before: Option<char>, is_value: bool) -> Option<usize> {
    let is_apart = before.is_none_or(|c| c.is_whitespace() || ",{[\"'}".contains(c));
    let line = || text.find('\n').unwrap_or(text.len());
    if text.starts_with('#') && before.is_none_or(char::is_whitespace) {
        Some(line())
    } else if !is_apart || is_value {
        None
    } else if text.starts_with("//") {
        Some(line())
    } else {
        text.starts_with("/*").then(|| text.find("*/").map_or(text.len(), |end| end + 2))
    }
}

/// The length of the quoted text that the text begins with. A template in it may have quotes of its own.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        at += match (template(rest), c) {
            (Some(length), _) => length,
            (None, '\\') if quote == '"' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            (None, '\'') if quote == '\'' && rest.starts_with("''") => 2,
            (None, c) if c == quote => return at + 1,
            (None, c) => c.len_utf8(),
        };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, String)> {
        let key = |finding: Finding| match finding.what {
            What::SecretText { key } => (finding.line, key),
            other => panic!("{other:?}"),
        };
        look(text, 1, 1).into_iter().map(key).collect()
    }

    #[test]
    fn plain_values_are_told_between_brackets() {
        let one = |key: &str| vec![(1, key.to_owned())];
        assert_eq!(found("stringData: {a: b, c: {{ .c }}}"), one("a"));
        assert_eq!(found("{\"data\":{\"a\":\"{{ .a | default \"\" }}\",\"b\":\"aHVudGVyMg==\"}}"), one("b"));
        assert_eq!(found("data: &x !!map {'a': 'it''s, {', \"b\": \"\"}"), one("a"));
        assert_eq!(found("data: { {{ .key }}: hunter2 }"), one(""));
        assert_eq!(found("data: {a: //hunter2}"), one("a"));
        assert_eq!(found("data: {a: \"hunter2"), one("a"));
        let json = "{\n \"stringData\": {\n  // one\n  {{- if .x }}\n  \"a\": \"hunter2\", // \"two\": 3\n  {{- end }}\n  \
                    /* b, */ \"b\": {{ .b | quote }} // c\n }\n}";
        assert_eq!(found(json), [(5, "a".to_owned())]);
        assert_eq!(found("data:\n  {a:\n    hunter2}"), [(3, "a".to_owned())]);
    }

    #[test]
    fn what_stands_for_values_is_let_pass() {
        for text in [
            "data: {a: {{ .a }}, b: '{{ .b }}', c: \"${C}\", d: '', e: null, f: }",
            "data: {{ .Values.data | toJson }}",
            "data: { {{- include \"x\" . }} }",
            "data: {a: {b: c}, d: [e]}",
            "{{ .Values.data }}: {a: b}",
            "# data: {a: b}\nmetadata: {a: b}",
            "data: {a: '{{ .a }}' # hunter2\n}",
            "data: {}\nother: {a: b}",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
