//! PEM: a label and base64 in lines of 64.

use crate::packages::base64::{BASE64, decode_base64};
use zeroize::Zeroizing;

/// The first block: its label and content.
pub(crate) fn decode(text: &[u8]) -> Option<(String, Zeroizing<Vec<u8>>)> {
    let text = str::from_utf8(text).ok()?;
    let begin = text.split_inclusive('\n').scan(0, |start, line| {
        let here = *start;
        *start += line.len();
        Some((here, line))
    });
    for (start, line) in begin {
        let Some(label) =
            line.trim_end().strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"))
        else {
            continue;
        };
        let body = &text[start + line.len()..];
        let end = body.find(&format!("-----END {label}-----"))?;
        // A header has a colon, which base64 does not have.
        let mut content = Zeroizing::new(String::with_capacity(end));
        for line in body[..end].lines().filter(|line| !line.contains(':')) {
            content.extend(line.chars().filter(|character| !character.is_whitespace()));
        }
        return Some((label.to_owned(), decode_base64(content.as_bytes()).ok()?));
    }
    None
}

/// A block with that label.
pub(super) fn encode(label: &str, content: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(content.len() * 3 / 2 + 100));
    out.extend_from_slice(format!("-----BEGIN {label}-----\n").as_bytes());
    for line in content.chunks(48) {
        for chunk in line.chunks(3) {
            out.extend_from_slice(&BASE64.quantum(chunk)[..4]);
        }
        out.push(b'\n');
    }
    out.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    out
}
