//! `measured`: whether a text in `spec.encryptedData` can be a sealed value, by its base64 and lengths alone.

use envelope::{Measure, measure};
use sealing::decode_base64;

/// The smallest RSA key that counts as a sealing key, in bytes.
const SMALLEST_KEY: usize = 2048 / 8;

/// No RSA key is larger, in bytes.
const LARGEST_KEY: usize = 16_384 / 8;

/// Why a text is no sealed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotSealed {
    NotBase64,
    /// It does not begin with the length of an RSA key.
    OtherData,
    /// It begins as a sealed value, and ends early.
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
/// end, as in an example. A password may begin like that, too.
pub(crate) fn begins_as_sealed(text: &str, shortest: usize) -> bool {
    let begin = text.trim_end_matches(['.', '…']);
    let is_long = begin.split_ascii_whitespace().next().is_some_and(|line| line.len() >= shortest);
    if !is_long && !text.ends_with('…') && !text.ends_with("...") {
        return false;
    }
    // Four characters are three bytes, and the length of the key is the first two of them.
    let head = begin.get(..4).and_then(decode_base64);
    let announced = head.and_then(|head| Some(usize::from(u16::from_be_bytes(*head.first_chunk()?))));
    let is_base64 =
        |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c) || (is_long && c.is_ascii_whitespace());
    matches!(announced, Some(SMALLEST_KEY..=LARGEST_KEY)) && begin.chars().all(is_base64)
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
        for begin in ["AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq.....", "AQAB...", "AYBx…", "AgBy3i4OJSWK\nPiTy"] {
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
        ] {
            assert!(!begins_as_sealed(other, 12), "{other}");
        }
    }
}
