//! `written`, `scalar` and `literal`: a value as YAML or JSON text, in the quotes of the value before it where they fit.

use crate::change::NewValue;
use crate::document::Syntax;
use serde_saphyr::granit_parser::ScalarStyle;
use std::fmt::Write as _;

/// Words that some YAML parsers do not take for text.
const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];

/// A value on one line.
pub(crate) fn written(value: &NewValue, syntax: Syntax, before: ScalarStyle) -> String {
    match value {
        NewValue::Text(text) => scalar(text, syntax, before),
        NewValue::Boolean(boolean) => boolean.to_string(),
        NewValue::Null => "null".into(),
        NewValue::Texts(texts) => {
            format!("[{}]", texts.iter().map(|text| double_quoted(text)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Text of several lines as a block. `None` if a block cannot hold just that text.
pub(crate) fn literal(value: &NewValue, indent: usize, line_end: &str) -> Option<Literal> {
    let NewValue::Text(text) = value else { return None };
    let (lines, header) = text.strip_suffix('\n').map_or((text.as_str(), "|-"), |lines| (lines, "|"));
    let is_printed = |line: &str| line.chars().all(|c| is_printable(c) || c == '\t');
    // A first line that is empty or begins with a space would hide how far the block is indented; an empty last line
    // could belong to what follows.
    let is_fit = text.contains('\n')
        && !lines.starts_with([' ', '\t', '\n'])
        && !lines.ends_with('\n')
        && lines.split('\n').all(is_printed);
    let indented = |line: &str| {
        if line.is_empty() { line_end.to_owned() } else { format!("{line_end}{:indent$}{line}", "") }
    };
    is_fit.then(|| Literal { header, lines: lines.split('\n').map(indented).collect() })
}

/// A block scalar.
pub(crate) struct Literal {
    pub header: &'static str,
    /// From the line end of the header to the last line, which has no line end.
    pub lines: String,
}

/// Text on one line.
pub(crate) fn scalar(text: &str, syntax: Syntax, before: ScalarStyle) -> String {
    match (syntax, before) {
        (Syntax::Json, _) => double_quoted(text),
        (_, ScalarStyle::SingleQuoted) if text.chars().all(is_printable) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        (_, ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded) if is_plain(text) => text.into(),
        _ => double_quoted(text),
    }
}

/// Whether every parser takes it for text without quotes, in block and flow style. Base64 is such text.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+/=_.-".contains(c))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

/// In double quotes with JSON's escapes, which YAML reads, too.
fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_printable(c) => quoted.push(c),
            c => {
                // None of them is beyond U+FFFF; and writing to a String cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_where_they_can() {
        let yaml = |text, before| scalar(text, Syntax::Yaml, before);
        assert_eq!(yaml("AgB+/=", ScalarStyle::Plain), "AgB+/=");
        assert_eq!(yaml("AgB+/=", ScalarStyle::Literal), "AgB+/=");
        assert_eq!(yaml("it's", ScalarStyle::SingleQuoted), "'it''s'");
        assert_eq!(yaml("a\nb", ScalarStyle::SingleQuoted), "\"a\\nb\"");
        assert_eq!(yaml("AgB", ScalarStyle::DoubleQuoted), "\"AgB\"");
        assert_eq!(scalar("AgB", Syntax::Json, ScalarStyle::Plain), "\"AgB\"");
    }

    #[test]
    fn what_is_not_surely_text_gets_quotes() {
        for text in ["", "yes", "No", "1e3", "+1", "a: b", "a #", "~", "a,b", "2020-01-01", "-", "<<", "é"] {
            assert!(scalar(text, Syntax::Yaml, ScalarStyle::Plain).starts_with('"'), "{text}");
        }
        assert_eq!(scalar("\u{1f600}\u{7f}", Syntax::Json, ScalarStyle::Plain), "\"\u{1f600}\\u007f\"");
    }
}
