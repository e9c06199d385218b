//! Escapes text from files, clusters and command lines for a terminal.
//!
//! [`shown`] is for a name within a line, [`shown_path`] for a path, [`shown_text`] for text of several lines.
//! `warnings::say` and `output::print_text` pass everything through the last, so that no message can move the cursor or
//! hide text, wherever it comes from; the other two keep a name from ending its line.
//!
//! Decided: escaped whether or not a terminal reads it, because logs and pipes end at terminals, too.

use std::fmt::Write as _;
use std::path::Path;

/// A name within a line: line ends, and characters that a terminal would obey or hide, are escaped as in Rust.
pub(crate) fn shown(name: &str) -> String {
    escaped(name, is_unsafe)
}

/// Text of several lines: characters that a terminal would obey or hide are escaped; line ends stay.
pub(crate) fn shown_text(text: &str) -> String {
    escaped(text, |c| c != '\n' && is_unsafe(c))
}

/// JSON: escapes in its strings the characters that a terminal would obey or hide. The values stay the same.
pub(crate) fn shown_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii_whitespace() || !is_unsafe(c) {
            shown.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        }
    }
    shown
}

/// The beginning of an age identity, which is a private key.
const IDENTITY: &[u8] = b"age-secret-key-";

/// A path, by git's rule: unsafe bytes are escaped in octal, and the path is then quoted. An age identity that was given for a path is not
/// shown.
pub(crate) fn shown_path(path: impl AsRef<Path>) -> String {
    let bytes = path.as_ref().as_os_str().as_encoded_bytes();
    if bytes.windows(IDENTITY.len()).any(|window| window.eq_ignore_ascii_case(IDENTITY)) {
        return "(an age identity in place of the file that holds it, not shown)".to_owned();
    }
    let is_plain = |text: &str| !text.chars().any(|c| is_unsafe(c) || c == '"');
    if let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| is_plain(text)) {
        return text.to_owned();
    }
    let mut shown = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => shown.extend(['\\', c]),
                '\n' => shown.push_str("\\n"),
                '\t' => shown.push_str("\\t"),
                '\r' => shown.push_str("\\r"),
                c if is_unsafe(c) => octal(&mut shown, c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => shown.push(c),
            }
        }
        octal(&mut shown, chunk.invalid());
    }
    shown.push('"');
    shown
}

/// Whether a terminal may obey the character (C0, DEL, C1), order text by it (bidirectional controls), hide it (zero
/// width, tags), or end a line at it.
pub(crate) fn is_unsafe(c: char) -> bool {
    // Most text is ASCII.
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&is_escaped) {
        let (plain, from) = rest.split_at(at);
        let mut chars = from.chars();
        shown.push_str(plain);
        shown.extend(chars.next().into_iter().flat_map(char::escape_default));
        rest = chars.as_str();
    }
    shown.push_str(rest);
    shown
}

fn octal(shown: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(shown, "\\{byte:03o}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_would_break_a_line_is_escaped() {
        for (path, escaped) in [
            ("deploy/ä b.yaml", "deploy/ä b.yaml"),
            ("a\\b", "a\\b"),
            ("a\nb\t\\", "\"a\\nb\\t\\\\\""),
            ("\u{1b}[31m\r", "\"\\033[31m\\r\""),
            ("say \"a\"", "\"say \\\"a\\\"\""),
            ("\u{9b}1m", "\"\\302\\2331m\""),
            ("\u{202e}a", "\"\\342\\200\\256a\""),
        ] {
            assert_eq!(shown_path(Path::new(path)), escaped);
        }
    }

    #[test]
    fn an_identity_in_place_of_a_path_is_not_shown() {
        for path in ["AGE-SECRET-KEY-1QQPQYSZ", "./age-secret-key-1qqpqysz", "\u{1b}AGE-SECRET-KEY-1QQPQYSZ"]
        {
            let shown = shown_path(Path::new(path)).to_ascii_lowercase();
            assert!(shown.contains("age identity") && !shown.contains("qqpqysz"), "{shown}");
        }
        assert_eq!(shown_path(Path::new("age-secret-keys.txt")), "age-secret-keys.txt");
    }

    #[test]
    fn a_name_stays_on_its_line_and_text_keeps_its_lines() {
        let name = "a\\ \u{e9}\n\t\r\u{1b}[2J\u{7f}\u{9b}1m\u{202e}\u{200b}\u{2066}\u{feff}\u{2028}\u{e0041}";
        let escaped = "a\\ \u{e9}\\n\\t\\r\\u{1b}[2J\\u{7f}\\u{9b}1m\\u{202e}\\u{200b}\\u{2066}\\u{feff}\\u{2028}\\u{e0041}";
        assert_eq!(shown(name), escaped);
        assert_eq!(shown_text(name), escaped.replacen("\\n", "\n", 1));
        assert_eq!(shown_text(escaped), escaped);
    }

    #[test]
    fn json_means_what_it_meant() {
        let value = serde_json::json!({ "a\u{1b}": "\u{9b}\u{202e}\u{e0041}\n\u{e9}" });
        let written = shown_json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(written.chars().all(|c| c == '\n' || !is_unsafe(c)), "{written}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
    }
}
