//! `shown_path`: a path as it stands on a line of output, by git's rule: what would break the line, or the terminal, is
//! escaped, and quotes around it say so.

use std::fmt::Write as _;
use std::path::Path;

/// The path; quoted if it has control characters, quotes or bytes that are no text.
pub(super) fn shown_path(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_plain = |text: &str| !text.chars().any(|c| c.is_control() || c == '"');
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
                c if c.is_control() => escape(&mut shown, c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => shown.push(c),
            }
        }
        escape(&mut shown, chunk.invalid());
    }
    shown.push('"');
    shown
}

fn escape(shown: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(shown, "\\{byte:03o}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_a_line_is_escaped() {
        for (path, shown) in [
            ("deploy/ä b.yaml", "deploy/ä b.yaml"),
            ("a\\b", "a\\b"),
            ("a\nb\t\\", "\"a\\nb\\t\\\\\""),
            ("\u{1b}[31m\r", "\"\\033[31m\\r\""),
            ("say \"a\"", "\"say \\\"a\\\"\""),
            ("\u{9b}1m", "\"\\302\\2331m\""),
        ] {
            assert_eq!(shown_path(Path::new(path)), shown);
        }
    }
}
