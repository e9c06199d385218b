//! Reads a URL.

use super::escape::{Component, unescape};
use super::{Url, User, host};

fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == at) {
        Some(index) => (&text[..index], Some(&text[index + 1..])),
        None => (text, None),
    }
}

/// The URL, or none if the text is not a URL.
pub(crate) fn parse(text: &[u8]) -> Option<Url> {
    let (text, fragment) = cut(text, b'#');
    let mut url =
        Url { fragment: unescape(fragment.unwrap_or_default(), Component::Fragment)?, ..Url::default() };
    if text.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return None;
    }
    if text == b"*" {
        url.path = text.to_vec();
        return Some(url);
    }
    let (scheme, rest) = scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (mut rest, query) = cut(rest, b'?');
    url.query = query.unwrap_or_default().to_vec();
    if !rest.starts_with(b"/") {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Some(url);
        }
        if cut(rest, b'/').0.contains(&b':') {
            return None;
        }
    }
    let has_authority = !url.scheme.is_empty() || !rest.starts_with(b"///");
    if let (true, Some(authority)) = (has_authority, rest.strip_prefix(b"//")) {
        let end = authority.iter().position(|byte| *byte == b'/').unwrap_or(authority.len());
        let (authority, path) = authority.split_at(end);
        rest = path;
        let at = authority.iter().rposition(|byte| *byte == b'@');
        url.host = host::parse(&url.scheme, &authority[at.map_or(0, |at| at + 1)..])?;
        if let Some(at) = at {
            url.user = Some(User::parse(&authority[..at])?);
        }
    }
    url.path = unescape(rest, Component::Path)?;
    Some(url)
}

/// The scheme, empty if there is none, and what follows it.
fn scheme(text: &[u8]) -> Option<(&[u8], &[u8])> {
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return None,
            b':' => return Some((&text[..index], &text[index + 1..])),
            _ => break,
        }
    }
    Some((&[], text))
}
