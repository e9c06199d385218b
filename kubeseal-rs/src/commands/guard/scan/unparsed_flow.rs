//! `findings`: values of Secrets in flow or JSON style (`stringData: {a: b}`), in a text that does not parse: between
//! its brackets, with any comments and templates.
//!
//! Decided: each map is read separately, because in a text that does not parse nothing shows which of its brackets
//! counts. A map within a map is therefore read twice, and so on: in all, at most [`MOST_READINGS`] times the length of
//! the text is read. A text in which more is left unread gives a finding: no sound file comes near that length.

use crate::commands::guard::report::finding::{Finding, FindingKind};
use crate::commands::guard::scan::value_map::ValueMap;
use crate::commands::guard::value::plain::Extent;
use crate::manifest::unparsed::text_scan::behind_key;
use std::ops::Range;

/// A text is read at most this many times its own length.
const MOST_READINGS: usize = 16;

/// The plain values of maps such as `data: {…}` and `stringData: {…}`; of `text`, whose first line is `first_line` of its file.
pub(crate) fn findings(text: &str, first_line: usize, document: usize, map: ValueMap) -> Vec<Finding> {
    findings_within(text, first_line, document, map, &mut (MOST_READINGS * text.len()))
}

/// Reads at most `left` bytes, and subtracts from `left` what it read.
fn findings_within(
    text: &str,
    first_line: usize,
    document: usize,
    map: ValueMap,
    left: &mut usize,
) -> Vec<Finding> {
    let line_ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let last_template = text.rfind("}}").unwrap_or_default();
    let mut found = Vec::new();
    let mut find = |at: usize, what| {
        let lines_before = line_ends.partition_point(|end| *end < at);
        found.push(Finding { line: first_line + lines_before, document: Some(document), what });
    };
    for opening in map.keys().iter().flat_map(|key| behind_key(text, key)) {
        let mut reader = Reader { text, at: opening, last_template, left };
        let is_map = reader.open();
        while let Some((key, value)) = is_map.then(|| reader.entry()).flatten() {
            let (start, value) = (value.start, &text[value]);
            let is_nested = value.starts_with(['{', '[']) && !value.starts_with("{{");
            let is_none = is_nested || matches!(value, "null" | "~");
            if !is_none && map.holds_plaintext(value.trim_matches(['"', '\'']), Extent::Whole) {
                find(start, map.finding(key.to_owned()));
            }
        }
        if *left == 0 {
            find(opening, FindingKind::UnreadText);
            break;
        }
    }
    found
}

/// Reads the entries of a map.
struct Reader<'t, 'l> {
    text: &'t str,
    at: usize,
    /// Where the last `}}` of the text is.
    last_template: usize,
    /// Number of bytes that may still be read.
    left: &'l mut usize,
}

impl<'t> Reader<'t, '_> {
    /// Moves past the bracket. False if the value is no map in flow style; anchors, tags and templates on its line may come before it.
    fn open(&mut self) -> bool {
        let mut value = self.text[self.at..].trim_start();
        loop {
            if let Some(length) = self.template(self.text.len() - value.len()) {
                self.spend(length);
                value = value[length..].trim_start_matches([' ', '\t']);
                continue;
            }
            if !value.starts_with(['&', '!']) {
                break;
            }
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            // Read here, and read again for the next key in it.
            self.spend(end);
            value = value[end..].trim_start();
        }
        match value.strip_prefix('{').filter(|inside| !inside.starts_with('{')) {
            Some(inside) => {
                self.at = self.text.len() - inside.len();
                true
            }
            None => false,
        }
    }

    /// Counts bytes as read.
    fn spend(&mut self, bytes: usize) {
        *self.left = self.left.saturating_sub(bytes);
    }

    /// The next key, without quotes, and the range of its value.
    fn entry(&mut self) -> Option<(&'t str, Range<usize>)> {
        loop {
            let key = self.token(&[':', ',', '}'], false);
            let end = self.text[self.at..].chars().next().filter(|end| *end != '}' && *self.left > 0)?;
            self.at += 1;
            self.spend(1);
            if end == ':' {
                // A template may be the key, or come before it.
                let key =
                    self.text[key].rsplit("}}").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
                return Some((key, self.token(&[',', '}'], true)));
            }
        }
    }

    /// The range of the token before one of `ends`, without comments and spaces around it.
    fn token(&mut self, ends: &[char], is_value: bool) -> Range<usize> {
        let mut start = self.at;
        let mut end = None;
        let mut depth = 0_usize;
        // Whether only spaces and comments were read, and whether the last text, except for spaces, was `}}`.
        let (mut is_blank, mut is_behind_template) = (true, false);
        while let Some(c) = self.text[self.at..].chars().next().filter(|_| *self.left > 0) {
            let from = self.at;
            let begins = is_blank || is_behind_template || depth > 0;
            let before = self.text[..from].chars().next_back();
            let mut is_leading_comment = false;
            self.at += if let Some(length) = self.template(from) {
                length
            } else if let Some(length) = comment(&self.text[from..], before, is_value && is_blank) {
                is_leading_comment = is_blank;
                end = if is_blank { None } else { end.or(Some(from)) };
                length
            } else if depth == 0 && ends.contains(&c) {
                break;
            } else if begins && matches!(c, '"' | '\'') {
                self.quoted(from, c)
            } else {
                match c {
                    '{' | '[' => depth += 1,
                    '}' | ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                c.len_utf8()
            };
            self.spend(self.at - from);
            if is_leading_comment {
                start = self.at;
            } else if !c.is_whitespace() {
                is_blank = false;
                is_behind_template = self.text[..self.at].trim_end().ends_with("}}");
            }
        }
        let read = self.text[start..end.unwrap_or(self.at)].trim_end();
        start += read.len() - read.trim_start().len();
        start..start + read.trim_start().len()
    }

    /// The length of the template that begins at `at`.
    fn template(&self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        // Without this check, each of many templates that do not end would be searched to the end of the text.
        let ends = at < self.last_template && rest.starts_with("{{");
        ends.then(|| rest.find("}}").map(|end| end + 2)).flatten()
    }

    /// The length of the quoted text that begins at `start`. A template in it may have quotes of its own.
    fn quoted(&self, start: usize, quote: char) -> usize {
        let mut at = start + 1;
        while let Some(c) = self.text[at..].chars().next() {
            let rest = &self.text[at..];
            at += match (self.template(at), c) {
                (Some(length), _) => length,
                (None, '\\') if quote == '"' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                (None, '\'') if quote == '\'' && rest.starts_with("''") => 2,
                (None, c) if c == quote => return at + 1 - start,
                (None, c) => c.len_utf8(),
            };
        }
        at - start
    }
}

/// The length of the comment at the start of the text. A plain scalar may begin like a comment of JSON's.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, String)> {
        let key = |finding: Finding| match finding.what {
            FindingKind::SecretText { key } => (finding.line, key),
            other => panic!("{other:?}"),
        };
        findings(text, 1, 1, ValueMap::Secret).into_iter().map(key).collect()
    }

    #[test]
    fn plain_values_between_brackets_are_found() {
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

    /// The number of bytes that are read of a text.
    fn steps(text: &str) -> usize {
        let mut left = usize::MAX;
        findings_within(text, 1, 1, ValueMap::Secret, &mut left);
        usize::MAX - left
    }

    #[test]
    fn a_long_map_is_read_once() {
        let map = |entry: &str| format!("data: {{{}", entry.repeat(5000));
        for entry in [
            "a: b, ",
            "\n  a: hunter2,",
            "a: {{ b, ",
            "a: '{{ b', ",
            "a: {b: [c]}, ",
            "a:           \t          b,",
            "a: \"{{ .b }}\", # c\n",
            "/* a */ ",
            "// a\n",
            "a\u{e9}: \u{e9}, ",
            "\"",
        ] {
            let text = map(entry);
            assert!(steps(&text) <= text.len(), "{entry}: {} of {}", steps(&text), text.len());
        }
    }

    #[test]
    fn many_maps_beside_each_other_are_read_once() {
        let text = "{\"items\": [".to_owned() + &"{\"data\": {\"a\": \"hunter2\"}}, ".repeat(5000);
        assert!(steps(&text) <= text.len());
        assert_eq!(found(&text).len(), 5000);
    }

    #[test]
    fn maps_within_maps_are_read_to_a_depth_and_deeper_ones_reported() {
        for unit in ["data: {", "data:&", "data: {a: \"", "data: {a: [' # ", "data: {a: b, c: {"] {
            let text = unit.repeat(300);
            assert!(steps(&text) > MOST_READINGS * text.len(), "{unit}: nothing to bound");
            let found = findings(&text, 1, 1, ValueMap::Secret);
            assert!(found.iter().any(|finding| finding.what == FindingKind::UnreadText), "{unit}");
        }
        assert_eq!(found("data: {x: {data: {y: {data: {a: hunter2}}}}}"), [(1, "a".to_owned())]);
    }
}
