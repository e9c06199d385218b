//! PEM: a label and base64 in lines of 64.

use crate::functions::decode_base64;
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
        // Headers have colons, which base64 has not.
        let mut content = Zeroizing::new(String::with_capacity(end));
        for line in body[..end].lines().filter(|line| !line.contains(':')) {
            content.extend(line.chars().filter(|character| !character.is_whitespace()));
        }
        return Some((label.to_owned(), decode_base64(content.as_bytes()).ok()?));
    }
    None
}

pub(super) fn encode(label: &str, content: &[u8]) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Zeroizing::new(Vec::with_capacity(content.len() * 3 / 2 + 100));
    out.extend_from_slice(format!("-----BEGIN {label}-----\n").as_bytes());
    for line in content.chunks(48) {
        for chunk in line.chunks(3) {
            let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
            let held = byte(0) << 16 | byte(1) << 8 | byte(2);
            for index in 0..4 {
                let digit = DIGITS[(held >> (18 - 6 * index) & 63) as usize];
                out.push(if index <= chunk.len() { digit } else { b'=' });
            }
        }
        out.push(b'\n');
    }
    out.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    out
}
