//! `text_for_git`: what `git diff` is to compare instead of a file (`textconv`): the file, but each sealed value is replaced by its length and
//! a digest.
//!
//! Decided: nothing else is replaced, and no file is parsed, because a repository chooses with `.gitattributes` for which files Git asks, and a
//! change that is not shown is not reviewed.

use crate::commands::common::failures::count;
use crate::manifest::sealed_value::measured;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::fmt::Write as _;

/// A base64 text that is shorter stays: no RSA key of 2048 bits seals into less, and an eye can compare it.
const SHORTEST: usize = 256;

/// Bytes of the digest: two texts of the same digest are not found.
const DIGEST: usize = 16;

pub(crate) fn text_for_git(text: &[u8]) -> Vec<u8> {
    let text = &*without_marks(text);
    let mut shown = Vec::with_capacity(text.len().min(1 << 16));
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|byte| !is_base64(**byte)).count();
        let (before, from) = rest.split_at(plain);
        let length = from.iter().take_while(|byte| is_base64(**byte)).count();
        let (run, after) = from.split_at(length);
        shown.extend_from_slice(before);
        if length < SHORTEST {
            shown.extend_from_slice(run);
        } else {
            shown.extend_from_slice(summary(run).as_bytes());
        }
        rest = after;
    }
    shown
}

/// What stands before each digest.
const MARK: &[u8] = b", SHA-256 ";

/// The text with one comma more wherever it has the mark itself, so that no text looks like the digest of another.
fn without_marks(text: &[u8]) -> Cow<'_, [u8]> {
    let begins = |at: &usize| text[*at..].starts_with(MARK);
    let mut marks = (0..text.len()).filter(begins).peekable();
    if marks.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut longer = Vec::with_capacity(text.len() + 16);
    let mut from = 0;
    for at in marks {
        longer.extend_from_slice(&text[from..at]);
        longer.push(b',');
        from = at;
    }
    longer.extend_from_slice(&text[from..]);
    Cow::Owned(longer)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
}

fn summary(run: &[u8]) -> String {
    let text = std::str::from_utf8(run).unwrap_or_default();
    let what = match measured(text) {
        Ok(measure) => format!("sealed value of {}", count(measure.value, "byte")),
        Err(_) => format!("{} characters of base64", run.len()),
    };
    let mut shown = format!("<{what}, SHA-256 ");
    for byte in Sha256::digest(run).iter().take(DIGEST) {
        // Writing to a String cannot fail.
        let _ = write!(shown, "{byte:02x}");
    }
    shown + ">"
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    #[test]
    fn sealed_values_are_short_and_all_else_stays() {
        let sealed = |fill| {
            let envelope = [&256_u16.to_be_bytes()[..], &[fill; 256 + 16 + 5]].concat();
            BASE64_STANDARD.encode(envelope)
        };
        let shown = |fill| {
            let text = format!("# \u{e9} {{{{ x }}}}\n  a: {}\n  b: hunter2=\r\n: [\n\u{0}", sealed(fill));
            String::from_utf8(text_for_git(text.as_bytes())).unwrap()
        };
        let (one, other) = (shown(1), shown(2));
        assert!(one.starts_with("# \u{e9} {{ x }}\n  a: <sealed value of 5 bytes, SHA-256 "), "{one}");
        assert!(one.ends_with(">\n  b: hunter2=\r\n: [\n\u{0}") && one.len() < 120, "{one}");
        assert!(one != other && one == shown(1), "{one}{other}");
        let long = "x".repeat(700);
        let text = String::from_utf8(text_for_git(long.as_bytes())).unwrap();
        assert!(text.starts_with("<700 characters of base64, SHA-256 "), "{text}");
        // A text that looks like another's digest is another text.
        let pretended = text_for_git(text.as_bytes());
        assert_eq!(String::from_utf8(pretended).unwrap(), text.replace(", SHA", ",, SHA"));
        assert_eq!(text_for_git(&[0xff, b'a', 0xfe]), [0xff, b'a', 0xfe]);
    }
}
