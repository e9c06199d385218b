//! `mentions`, `may_mention`: whether a text has a word, and whether it can have it, also in notations of YAML and JSON that hide it from a search: escapes (`\x53`, `\u0053`, `\/`), and a `\`
//! at the end of a line, which joins it with the next one.

use memchr::{memchr, memchr_iter, memmem};
use std::borrow::Cow;

/// What stands before base64 in YAML, in place of a text, and what gives that another name.
const BINARY: [&str; 3] = ["!binary", ":binary>", "%TAG"];

/// Whether the text can hold one of the words in any notation, base64 included. If not, it need not be parsed.
pub(crate) fn may_mention(text: &[u8], words: &[&str]) -> bool {
    mentions(text, words) || BINARY.iter().any(|tag| memmem::find(text, tag.as_bytes()).is_some())
}

/// Whether one of the words is in the text, as it is or with escapes.
pub(crate) fn mentions(text: &[u8], words: &[&str]) -> bool {
    let has = |text: &[u8]| words.iter().any(|word| memmem::find(text, word.as_bytes()).is_some());
    has(text) || matches!(unescaped_bytes(text), Cow::Owned(text) if has(&text))
}

/// The text with the letters, digits and signs of names in place of their escapes. Lines keep their numbers, but for those that a `\` joins with
/// the line before.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    match unescaped_bytes(text.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        // It is text: only ASCII was replaced.
        Cow::Owned(bytes) => String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

fn unescaped_bytes(text: &[u8]) -> Cow<'_, [u8]> {
    let is_escape = |at: usize| line_end(&text[at + 1..]).is_some() || character(&text[at + 1..]).is_some();
    let mut signs = memchr_iter(b'\\', text);
    let Some(first) = signs.next() else { return Cow::Borrowed(text) };
    // Most signs are those of paths and patterns: such a text is not copied.
    if !is_escape(first) && !signs.any(is_escape) {
        return Cow::Borrowed(text);
    }
    let mut at = first;
    let mut plain = Vec::with_capacity(text.len());
    // Line ends that were left out, and are put where the joined lines end.
    let (mut rest, mut joined) = (text, 0);
    loop {
        push(&mut plain, &rest[..at], &mut joined);
        let escape = rest.get(at + 1..).unwrap_or_default();
        let length = if let Some(length) = line_end(escape) {
            joined += 1;
            length
        } else if let Some((length, character)) = character(escape) {
            plain.push(character);
            length
        } else if at == rest.len() {
            return Cow::Owned(plain);
        } else {
            // In `\\x53`, the second sign begins no escape.
            plain.push(b'\\');
            plain.extend(escape.first());
            escape.len().min(1)
        };
        rest = &escape[length..];
        at = memchr(b'\\', rest).unwrap_or(rest.len());
    }
}

fn push(plain: &mut Vec<u8>, text: &[u8], joined: &mut usize) {
    match memchr(b'\n', text).filter(|_| *joined > 0) {
        Some(end) => {
            plain.extend_from_slice(&text[..end]);
            plain.resize(plain.len() + std::mem::take(joined), b'\n');
            plain.extend_from_slice(&text[end..]);
        }
        None => plain.extend_from_slice(text),
    }
}

/// The length of a line end, and of the spaces around it.
fn line_end(text: &[u8]) -> Option<usize> {
    let after_spaces =
        |text: &[u8]| text.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    let end = after_spaces(text);
    (text.get(end) == Some(&b'\n')).then(|| end + 1 + after_spaces(&text[end + 1..]))
}

/// The character of an escape, without its `\`, and the length of the escape. None of signs that are no part of names.
fn character(escape: &[u8]) -> Option<(usize, u8)> {
    let digits = match escape.first()? {
        b'/' => return Some((1, b'/')),
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => return None,
    };
    let digits = std::str::from_utf8(escape.get(1..=digits)?).ok()?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    let character = u8::try_from(code).ok()?;
    let is_of_name = character.is_ascii_alphanumeric() || b"-_./".contains(&character);
    is_of_name.then_some((1 + digits.len(), character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_every_notation() {
        for text in [
            "Secret",
            r"\x53ecret",
            r"\u0053ecr\u0065t",
            r"S\U00000065cret",
            "Sec\\\n  ret",
            "Sec\\ \r\n\tret",
            r"\\\x53ecret",
        ] {
            assert!(mentions(text.as_bytes(), &["Secret"]), "{text}");
        }
        for text in ["", r"\", r"\x5", r"\\x53ecret", r"\x73ecret", "Sec\n  ret", "Sec\\ \\\n\nret"] {
            assert!(!mentions(text.as_bytes(), &["Secret"]), "{text}");
        }
    }

    #[test]
    fn lines_keep_their_numbers() {
        assert_eq!(unescaped("a\\\n  \\\n b\nc\\n \\u00e4 \\/\\u002fä\\"), "ab\n\n\nc\\n \\u00e4 //ä\\");
        assert_eq!(unescaped("a: \\"), "a: \\");
    }
}
