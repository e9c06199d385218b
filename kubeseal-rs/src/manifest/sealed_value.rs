//! `measured`: whether a text in `spec.encryptedData` can be a sealed value, by its base64 and lengths alone.

use envelope::{Measure, measure};
use sealing::decode_base64;

/// The smallest RSA key that counts as a sealing key, in bytes.
const SMALLEST_KEY: usize = 2048 / 8;

/// No RSA key is larger, in bytes.
const LARGEST_KEY: usize = 16_384 / 8;

/// The lengths of keys in use are multiples of this one, 512 bits, in bytes.
const KEY_STEP: usize = 512 / 8;

/// The lengths of RSA-2048, RSA-3072 and RSA-4096, in bytes.
const COMMON_KEYS: [usize; 3] = [2048 / 8, 3072 / 8, 4096 / 8];

/// Why a text is no sealed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotSealed {
    #[error("is not base64")]
    NotBase64,
    /// It does not begin with the length of an RSA key.
    #[error("is no sealed value")]
    OtherData,
    /// It begins as a sealed value, and ends early.
    #[error("is cut off")]
    Truncated,
}

/// What the lengths of a sealed value show.
pub(crate) fn measured(text: &str) -> Result<Measure, NotSealed> {
    let envelope = decode_base64(text).ok_or(NotSealed::NotBase64)?;
    let announced = envelope.first_chunk::<2>().map(|length| usize::from(u16::from_be_bytes(*length)));
    match (announced, measure(&envelope)) {
        (Some(SMALLEST_KEY..=LARGEST_KEY), measured) => measured.map_err(|_| NotSealed::Truncated),
        _ => Err(NotSealed::OtherData),
    }
}

/// Whether the text begins as a sealed value in base64, and is cut off: its first line has at least `shortest` characters, or `…` stands at its
/// end, as in an example.
///
/// Decided: only lengths of keys that are in use count, because many passwords begin as base64 does. Before `…` only the three most common ones do:
/// `Admin123...` and `BACKUP...` begin with lengths of rarer keys, and no word begins with `AQA` to `AQD`, `AYA` to `AYD` or `AgA` to `AgD`.
pub(crate) fn begins_as_sealed(text: &str, shortest: usize) -> bool {
    let begin = text.trim_end_matches(['.', '…']).trim_end();
    let is_long = is_wrapped(begin, shortest);
    if !is_long && !text.ends_with('…') && !text.ends_with("...") {
        return false;
    }
    // Four characters are three bytes, and the length of the key is the first two of them.
    let head = begin.get(..4).and_then(decode_base64);
    let announced = head.and_then(|head| Some(usize::from(u16::from_be_bytes(*head.first_chunk()?))));
    let is_of_a_key = announced.is_some_and(|length| {
        let is_in_use = (SMALLEST_KEY..=LARGEST_KEY).contains(&length) && length % KEY_STEP == 0;
        if is_long { is_in_use } else { COMMON_KEYS.contains(&length) }
    });
    let is_base64 =
        |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c) || (is_long && c.is_ascii_whitespace());
    is_of_a_key && begin.chars().all(is_base64)
}

/// Whether the text is one line of at least `shortest` characters, or several that are broken as base64 is. A short word behind one long line is none.
fn is_wrapped(text: &str, shortest: usize) -> bool {
    let lines: Vec<&str> = text.split_ascii_whitespace().collect();
    let Some((last, full)) = lines.split_last() else { return false };
    let width = full.first().unwrap_or(last).len();
    let is_last = |length: usize| length >= shortest || full.len() > 1 && length <= width;
    width >= shortest && full.iter().all(|line| line.len() == width) && is_last(last.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    #[test]
    fn lengths_show_what_is_no_sealed_value() {
        let sealed = |modulus: u16, rest: usize| {
            let envelope = [&modulus.to_be_bytes()[..], &vec![7; rest]].concat();
            measured(&BASE64_STANDARD.encode(envelope))
        };
        assert_eq!(sealed(256, 256 + 16 + 5), Ok(Measure { modulus: 256, value: 5 }));
        assert_eq!(sealed(512, 512 + 15), Err(NotSealed::Truncated));
        assert_eq!(sealed(128, 128 + 16), Err(NotSealed::OtherData));
        assert_eq!(measured("hunter2"), Err(NotSealed::NotBase64));
        for plain in ["aHVudGVyMg==", "hunter22", ""] {
            assert_eq!(measured(plain), Err(NotSealed::OtherData), "{plain}");
        }
    }

    #[test]
    fn the_begin_of_a_sealed_value_is_known() {
        for begin in
            ["AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq.....", "AQAB...", "AYBx…", "AgBy3i4OJSWK\nPiTySYZZA9rO\n43cG"]
        {
            assert!(begins_as_sealed(begin, 12), "{begin}");
        }
        for other in [
            "hunter2...",
            "Ag...",
            "Ag By...",
            "AgBy-3i4...",
            "AAAA...",
            "...",
            "AQAB",
            "Admin12345",
            "Best password...",
            "Admin123...",
            "Best...",
            "Build2026…",
            "AlphaBravo99....",
            "BACKUP2026...",
            // It goes on as no wrapped base64 does.
            "AgBy3i4OJSWK my password here",
            "AgBy3i4OJSWK hunter2",
            "AgBy3i4OJSWK\nhunter2",
            "AgBy3i4OJSWK PiTySYZZA9rO4 hunter2",
            // No key is of that size.
            "AbCdefGhijkl",
        ] {
            assert!(!begins_as_sealed(other, 12), "{other}");
        }
    }
}
