//! [`Text`]: a file as text, if it is text.

use zeroize::Zeroizing;

/// How far Git looks for a zero byte, which makes a file binary.
const LOOKED_AT: usize = 8000;

/// What a file holds. It has no Debug: it holds values.
pub(super) enum Text<'a> {
    /// UTF-8.
    Utf8(&'a str),
    /// UTF-16, which is what PowerShell's `>` writes, as UTF-8.
    Utf16(Zeroizing<String>),
    /// Mostly text, such as Latin-1, with something else for the bytes that are none.
    Lossy(Zeroizing<String>),
    /// No text.
    Binary,
}

impl<'a> Text<'a> {
    /// Tells what `bytes` are.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let utf16 = match bytes {
            [0xff, 0xfe, rest @ ..] => decode(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => decode(rest, u16::from_be_bytes),
            _ => None,
        };
        if let Some(text) = utf16 {
            return Self::Utf16(text);
        }
        if is_binary(bytes) {
            return Self::Binary;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Utf8(text),
            Err(_) => Self::Lossy(Zeroizing::new(String::from_utf8_lossy(bytes).into_owned())),
        }
    }

    /// The text that it is.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Utf8(text) => Some(text),
            Self::Utf16(text) | Self::Lossy(text) => Some(text),
            Self::Binary => None,
        }
    }
}

/// Whether a file that begins like this is no text. UTF-16 is text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    !is_utf16 && bytes[..bytes.len().min(LOOKED_AT)].contains(&0)
}

fn decode(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Zeroizing<String>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    // No unit of two bytes takes more than three in UTF-8.
    let mut text = Zeroizing::new(String::with_capacity(3 * pairs.len()));
    for c in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(c.ok()?);
    }
    rest.is_empty().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_what_is_none() {
        assert!(matches!(Text::of(b"a: 1\n"), Text::Utf8("a: 1\n")));
        assert!(matches!(Text::of(b"\xff\xfea\0\n\0"), Text::Utf16(text) if *text == "a\n"));
        assert!(matches!(Text::of(b"\xfe\xff\0a\0\n"), Text::Utf16(text) if *text == "a\n"));
        assert!(matches!(Text::of(b"\x7fELF\0"), Text::Binary));
        assert_eq!(Text::of(b"a\n\xe9b\nc").text(), Some("a\n\u{fffd}b\nc"));
    }
}
