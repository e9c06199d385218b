//! [`Encoding`]: how a text is written as bytes: UTF-8, or the UTF-16 that PowerShell's `>` writes.
//!
//! Every file that users name as text is read through this. Files that hold values, such as that of `--from-file`, are
//! not: their bytes are sealed.

use std::io::{self, Cursor, Read};

const MARK: char = '\u{feff}';

/// How a text is written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, or bytes that are no text.
    Utf8,
    /// UTF-16, with a byte order mark or without.
    Utf16 { is_big_endian: bool, has_mark: bool },
}

impl Encoding {
    /// The encoding that the first four bytes show. Manifests, PEM and all other texts that are read begin with a
    /// character of ASCII.
    fn of(bytes: &[u8]) -> Self {
        let (is_big_endian, has_mark) = match bytes {
            [0xff, 0xfe, rest @ ..] if !rest.starts_with(&[0, 0]) => (false, true),
            [0xfe, 0xff, ..] => (true, true),
            [1..=127, 0, 1..=127, 0, ..] => (false, false),
            [0, 1..=127, 0, 1..=127, ..] => (true, false),
            _ => return Self::Utf8,
        };
        Self::Utf16 { is_big_endian, has_mark }
    }

    /// Whether a text that begins with these bytes is UTF-16.
    pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
        Self::of(bytes) != Self::Utf8
    }

    /// UTF-16 as UTF-8, without its byte order mark, and its encoding. None for other bytes.
    pub(crate) fn decode(bytes: &[u8]) -> Option<(Self, Vec<u8>)> {
        let encoding = Self::of(bytes);
        let Self::Utf16 { is_big_endian, has_mark } = encoding else { return None };
        let (pairs, rest) = bytes.as_chunks::<2>();
        let unit = |pair: &[u8; 2]| {
            if is_big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) }
        };
        // Room for the whole text: a unit takes three bytes at most.
        let mut text = Vec::with_capacity(3 * pairs.len());
        for character in char::decode_utf16(pairs.iter().skip(usize::from(has_mark)).map(unit)) {
            text.extend_from_slice(character.ok()?.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest.is_empty().then_some((encoding, text))
    }

    /// The text as bytes.
    pub(crate) fn encode(self, text: &[u8]) -> Vec<u8> {
        let (Self::Utf16 { is_big_endian, has_mark }, Ok(text)) = (self, std::str::from_utf8(text)) else {
            return text.to_vec();
        };
        let mut bytes = Vec::with_capacity(2 * text.len() + 2);
        let mut units = [0; 2];
        for character in has_mark.then_some(MARK).into_iter().chain(text.chars()) {
            for unit in character.encode_utf16(&mut units) {
                bytes.extend_from_slice(&if is_big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() });
            }
        }
        bytes
    }
}

/// The content of a text file in UTF-8; unchanged, if it is no text.
pub(crate) fn to_utf8(bytes: Vec<u8>) -> Vec<u8> {
    Encoding::decode(&bytes).map_or(bytes, |(_, text)| text)
}

/// A reader of the text in UTF-8. UTF-16 is read as a whole: it comes from editors and shells, not from streams.
pub(crate) fn utf8_reader(mut reader: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut first = Vec::new();
    reader.by_ref().take(4).read_to_end(&mut first)?;
    if !Encoding::is_utf16(&first) {
        return Ok(Box::new(Cursor::new(first).chain(reader)));
    }
    reader.read_to_end(&mut first)?;
    Ok(Box::new(Cursor::new(to_utf8(first))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "kind: Secret\r\nname: ü😀\n";

    fn utf16(is_big_endian: bool, has_mark: bool) -> Encoding {
        Encoding::Utf16 { is_big_endian, has_mark }
    }

    #[test]
    fn text_comes_back_as_it_was_and_in_the_encoding_that_it_had() {
        for encoding in
            [Encoding::Utf8, utf16(false, true), utf16(true, true), utf16(false, false), utf16(true, false)]
        {
            let bytes = encoding.encode(TEXT.as_bytes());
            assert_eq!(Encoding::decode(&bytes).map_or(Encoding::Utf8, |(found, _)| found), encoding);
            assert_eq!(to_utf8(bytes.clone()), TEXT.as_bytes());
            let mut streamed = Vec::new();
            let reader = Cursor::new(bytes);
            utf8_reader(Box::new(reader)).unwrap().read_to_end(&mut streamed).unwrap();
            assert_eq!(streamed, TEXT.as_bytes());
        }
        assert_eq!(utf16(false, true).encode(b"a\n"), b"\xff\xfea\0\n\0");
    }

    #[test]
    fn what_is_no_utf_16_stays() {
        let mark = "\u{feff}a: b\n".as_bytes();
        for bytes in [
            mark,
            b"",
            b"a",
            b"ab",
            b"\0\0\0\0",
            b"\xff\xfe\0",
            b"\xff\xfea\0\0\xd8",
            b"a\0b\0c",
            b"\xff\xfe\0\0a\0\0\0",
        ] {
            assert_eq!(to_utf8(bytes.to_vec()), bytes, "{bytes:?}");
        }
    }
}
