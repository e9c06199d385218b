//! [`Template`]: a message of the program, with a placeholder for each value.

use std::iter::Peekable;
use std::str::Chars;

/// A message of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<FormatPart>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum FormatPart {
    Text(String),
    /// A value, as in `{name}`: documents have a word in CAPITALS for it, or leave it out.
    Value,
    /// A constant, as in `{MOST}`: documents have its value.
    Constant,
}

impl Template {
    /// Reads the text of a format string.
    pub(crate) fn new(text: &str) -> Self {
        let (mut parts, mut own) = (Vec::new(), String::new());
        // A message of several lines is one line in a document.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut chars = text.chars().peekable();
        while let Some(next) = chars.next() {
            let doubled = matches!(next, '{' | '}') && chars.next_if_eq(&next).is_some();
            if next != '{' || doubled {
                own.push(next);
                continue;
            }
            if !own.is_empty() {
                parts.push(FormatPart::Text(std::mem::take(&mut own)));
            }
            parts.push(placeholder(&mut chars));
        }
        if !own.is_empty() {
            parts.push(FormatPart::Text(own));
        }
        Self(parts)
    }

    /// Whether it has words of its own, beside its placeholders.
    pub(crate) fn has_words(&self) -> bool {
        self.0
            .iter()
            .any(|part| matches!(part, FormatPart::Text(text) if text.chars().any(char::is_alphabetic)))
    }

    /// Whether a document's `text` is this message.
    pub(crate) fn is(&self, text: &str) -> bool {
        is(&self.0, text)
    }
}

/// The text between braces, of which the first was read.
fn placeholder(chars: &mut Peekable<Chars<'_>>) -> FormatPart {
    let name: String = chars.by_ref().take_while(|next| *next != '}').collect();
    let name = name.split(':').next().unwrap_or_default();
    let is_constant = name.starts_with(|first: char| first.is_ascii_uppercase());
    if is_constant { FormatPart::Constant } else { FormatPart::Value }
}

fn is(parts: &[FormatPart], text: &str) -> bool {
    let Some((first, rest)) = parts.split_first() else { return text.is_empty() };
    match first {
        FormatPart::Text(own) => text.strip_prefix(own.as_str()).is_some_and(|text| is(rest, text)),
        FormatPart::Value => {
            let word = text.trim_start_matches([' ', '"']);
            let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "_-".contains(c);
            let end = word.find(|c| !is_capital(c)).unwrap_or(word.len());
            let after = &word[end..];
            let is_word = word.starts_with(|first: char| first.is_ascii_uppercase());
            let after = [after.strip_prefix('"'), Some(after)].into_iter().flatten();
            is(rest, text) || is_word && after.into_iter().any(|after| is(rest, after))
        }
        FormatPart::Constant => {
            (1..=text.len()).any(|end| text.get(end..).is_some_and(|text| is(rest, text)))
        }
    }
}

#[test]
fn values_are_capitals_and_constants_are_what_they_stand_for() {
    for (template, text, expected) in [
        ("a {0} of {name:?}", "a KEY of \"NAME\"", true),
        ("a {0} of {name}", "a KEY of NAME", true),
        ("a {0} of {name}", "a KEY of name", false),
        ("none{}, and", "none, and", true),
        ("none{}, and", "none AT, and", true),
        ("more than {MOST} items", "more than 5000 items", true),
        ("its type is not {TYPE}", "its type is not kubernetes.io/tls", true),
        ("has actions ({{{{ … }}}}) in {}", "has actions ({{ … }}) in ITEMS", true),
        ("a", "a b", false),
    ] {
        assert_eq!(Template::new(template).is(text), expected, "{template}: {text}");
    }
    assert!(Template::new("line {line}").has_words() && !Template::new("{0}: {1}").has_words());
}
