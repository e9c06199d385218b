//! `any_form`: every form that a text can be decoded to: JSON's escapes, base64, gzip, zlib and zip, also nested.
//! [`unpacked`] and [`from_base64`]: the content of a text that is packed as a whole.
//!
//! Tools pack copies of an object into annotations in such forms.

pub(crate) mod inflate;

use crate::files::decoded::inflate::{LARGEST, TooLarge, inflated, may_be_packed};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// No tool packs deeper; text that can still be decoded was not packed by one.
const DEEPEST: usize = 6;

/// Fewer bytes within a text are words that look like base64.
const SHORTEST: usize = 8;

/// Fewer characters of base64 do not hold that many bytes.
const SHORTEST_BASE64: usize = 11;

/// As lenient as possible: the text need not come from a tool.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether `is_it` holds for the text or anything that it decodes to.
pub(crate) fn any_form(text: &[u8], is_it: &mut dyn FnMut(&[u8]) -> bool) -> Result<bool, TooLarge> {
    Search { is_it, left: LARGEST }.visit(text, 0)
}

struct Search<'a> {
    is_it: &'a mut dyn FnMut(&[u8]) -> bool,
    /// Number of bytes that may still be decoded.
    left: usize,
}

impl Search<'_> {
    fn visit(&mut self, bytes: &[u8], depth: usize) -> Result<bool, TooLarge> {
        if (self.is_it)(bytes) {
            return Ok(true);
        }
        if depth == DEEPEST {
            return Ok(false);
        }
        if let Some(inflated) = inflated(bytes, self.left)? {
            return self.visit_decoded(&inflated, depth);
        }
        if let Some(unescaped) = unescaped(bytes)
            && self.visit_decoded(&unescaped, depth)?
        {
            return Ok(true);
        }
        for run in runs(bytes, is_base64) {
            if self.visit_base64(run, depth)? {
                return Ok(true);
            }
        }
        // Base64 with line breaks.
        for run in runs(bytes, |byte| is_base64(byte) || byte.is_ascii_whitespace()) {
            if run.iter().any(u8::is_ascii_whitespace) && self.visit_base64(run, depth)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn visit_base64(&mut self, run: &[u8], depth: usize) -> Result<bool, TooLarge> {
        match from_base64(run).filter(|decoded| decoded.len() >= SHORTEST) {
            Some(decoded) => self.visit_decoded(&decoded, depth),
            None => Ok(false),
        }
    }

    fn visit_decoded(&mut self, decoded: &[u8], depth: usize) -> Result<bool, TooLarge> {
        self.left = self.left.checked_sub(decoded.len()).ok_or(TooLarge)?;
        self.visit(decoded, depth + 1)
    }
}

fn runs(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    bytes.split(move |byte| !belongs(*byte)).filter(|run| run.len() >= SHORTEST_BASE64)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// The content of a text that is base64 of JSON or of gzip, zlib or zip; none if it is not base64. The inflated bytes
/// are subtracted from `left`, the number that is allowed.
pub(crate) fn unpacked(text: &[u8], left: &mut usize) -> Result<Option<Vec<u8>>, TooLarge> {
    let Some(decoded) = from_base64(text) else { return Ok(None) };
    // A failed try is charged as well, because memory was reserved for it; once the limit is reached, nothing more is
    // tried.
    match inflated(&decoded, *left) {
        Ok(Some(inflated)) => {
            *left = left.saturating_sub(inflated.len().max(decoded.len()));
            Ok(Some(inflated))
        }
        Ok(None) => {
            if may_be_packed(&decoded) {
                *left = left.saturating_sub(decoded.len());
            }
            Ok(Some(decoded))
        }
        Err(error) => {
            *left = 0;
            Err(error)
        }
    }
}

/// Base64 of either alphabet, with or without padding and white space.
pub(crate) fn from_base64(run: &[u8]) -> Option<Vec<u8>> {
    let characters = run.iter().filter(|byte| !byte.is_ascii_whitespace());
    let mut text: Vec<u8> = characters
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    if text.len() % 4 == 1 {
        text.pop();
    }
    BASE64.decode(text).ok()
}

/// The text without JSON's escapes; none if it has none.
fn unescaped(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.contains(&b'\\') {
        return None;
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let (b'\\', [escape, after @ ..]) = (*byte, tail) else {
            plain.push(*byte);
            continue;
        };
        rest = after;
        match escape {
            b'n' => plain.push(b'\n'),
            b'r' => plain.push(b'\r'),
            b't' => plain.push(b'\t'),
            b'b' => plain.push(8),
            b'f' => plain.push(12),
            b'u' => match character(after) {
                Some((character, length)) => {
                    plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = &after[length..];
                }
                None => plain.push(b'u'),
            },
            other => plain.push(*other),
        }
    }
    Some(plain)
}

/// The character of the hexadecimal digits after `\u`, and its written length; for a surrogate pair, of both halves.
fn character(digits: &[u8]) -> Option<(char, usize)> {
    let unit = |digits: &[u8]| u16::from_str_radix(std::str::from_utf8(digits.get(..4)?).ok()?, 16).ok();
    let first = unit(digits)?;
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((character, 4));
    }
    let second = unit(digits.get(4..)?.strip_prefix(b"\\u")?)?;
    let character = char::decode_utf16([first, second]).next()?.ok()?;
    Some((character, 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE};
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, ZlibEncoder};
    use serde_json::json;
    use std::io::Write as _;

    const NEEDLE: &str = "hunter2 \"hunter2\"\n<ü😀>";

    fn finds(text: &[u8]) -> bool {
        let holds = |form: &[u8]| memchr::memmem::find(form, NEEDLE.as_bytes()).is_some();
        any_form(text, &mut { holds }).unwrap()
    }

    fn deflated(plain: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn with_zlib(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        // With the name of a file, as gzip writes it.
        let header = b"\x1f\x8b\x08\x08\0\0\0\0\0\xffname\0";
        [header, deflated(plain).as_slice(), &[0; 8]].concat()
    }

    fn zip(plain: &[u8]) -> Vec<u8> {
        let header = b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0original";
        [header, deflated(plain).as_slice(), b"PK\x01\x02"].concat()
    }

    #[test]
    fn finds_what_tools_pack() {
        let object = json!({ "stringData": { "k": NEEDLE } }).to_string();
        let encoded = json!({ "data": { "k": BASE64_STANDARD.encode(NEEDLE) } }).to_string();
        for text in [
            NEEDLE.to_owned(),
            object.clone(),
            encoded.clone(),
            json!({ "nested": object, "x": 1 }).to_string(),
            json!({ "nested": json!({ "more": encoded }).to_string() }).to_string(),
            format!("kubectl create --from-literal=k={}", json!(NEEDLE)),
            BASE64_STANDARD.encode(&object),
            BASE64_URL_SAFE.encode(&encoded),
            BASE64_STANDARD_NO_PAD.encode(gzip(encoded.as_bytes())),
            json!({ "pristine": BASE64_STANDARD.encode(gzip(object.as_bytes())) }).to_string(),
            BASE64_STANDARD.encode(zip(object.as_bytes())),
            BASE64_STANDARD.encode(with_zlib(object.as_bytes())),
        ] {
            assert!(finds(text.as_bytes()), "{text}");
            // Go writes these three as escapes.
            let escaped = text.replace('<', "\\u003c").replace('>', "\\u003e").replace('ü', "\\u00fc");
            assert!(escaped == text || finds(escaped.as_bytes()), "{escaped}");
        }
        let lines: Vec<String> = BASE64_STANDARD
            .encode(&object)
            .as_bytes()
            .chunks(20)
            .map(|line| String::from_utf8_lossy(line).into())
            .collect();
        assert!(finds(lines.join("\n  ").as_bytes()));
        assert!(finds(
            json!({ "k": "hunter2 \"hunter2\"\n<ü" })
                .to_string()
                .replace("ü", "\\u00fc\\ud83d\\ude00>")
                .as_bytes()
        ));
    }

    #[test]
    fn other_text_has_no_form_that_is_it() {
        for text in [
            "",
            "hunter2",
            "a/b-c_d==",
            "\\",
            "\\u12",
            "\\ud83d\\u0041",
            "H4sIAAAAAAAA",
            "PK\u{3}\u{4}",
            "eJx4",
        ] {
            assert!(!finds(text.as_bytes()), "{text}");
        }
        let cut = gzip(&vec![b'x'; 100_000]);
        assert!(!finds(&cut[..cut.len() / 2]));
    }

    #[test]
    fn a_whole_text_is_unpacked_within_a_bound() {
        let packed = [
            BASE64_STANDARD.encode(NEEDLE),
            BASE64_URL_SAFE.encode(gzip(NEEDLE.as_bytes())),
            BASE64_STANDARD_NO_PAD.encode(zip(NEEDLE.as_bytes())),
            BASE64_STANDARD.encode(with_zlib(NEEDLE.as_bytes())),
        ];
        for (text, is_packed) in packed.iter().zip([false, true, true, true]) {
            let mut left = 100;
            let taken =
                if is_packed { from_base64(text.as_bytes()).unwrap().len().max(NEEDLE.len()) } else { 0 };
            let plain = unpacked(text.as_bytes(), &mut left).unwrap().unwrap();
            assert_eq!((plain.as_slice(), left), (NEEDLE.as_bytes(), 100 - taken), "{text}");
        }
        assert_eq!(unpacked(NEEDLE.as_bytes(), &mut 100), Ok(None));
        let large = BASE64_STANDARD.encode(gzip(&[b'x'; 200]));
        for mut left in [100, 0] {
            assert_eq!((unpacked(large.as_bytes(), &mut left), left), (Err(TooLarge), 0));
        }
        // A header, without data that can be inflated.
        let empty = BASE64_STANDARD.encode(b"\x1f\x8b\x08\0\0\0\0\0\0\xff\xff\xff");
        let mut left = 100;
        assert!(unpacked(empty.as_bytes(), &mut left).unwrap().is_some());
        assert_eq!(left, 88);
    }

    #[test]
    fn a_bomb_is_too_large() {
        let bomb = BASE64_STANDARD.encode(gzip(&vec![0; LARGEST + 1]));
        assert!(bomb.len() < LARGEST / 100);
        assert_eq!(any_form(bomb.as_bytes(), &mut |_| false), Err(TooLarge));
    }
}
