//! [`Text`]: a file as text, if it is text.

use crate::files::encoding::Encoding;

/// How far Git looks for a zero byte, which makes a file binary.
const LOOKED_AT: usize = 8000;

/// The content of a file. It has no Debug, because it holds values.
pub(crate) enum Text<'a> {
    Utf8(&'a str),
    /// UTF-16, which PowerShell's `>` writes, as UTF-8.
    Utf16(Vec<u8>),
    /// Mostly text, such as Latin-1; other bytes are replaced.
    Lossy(String),
    Binary,
}

impl<'a> Text<'a> {
    /// Decides what `bytes` are.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        if let Some((_, text)) = Encoding::decode(bytes) {
            return Self::Utf16(text);
        }
        // Damaged UTF-16: read as another encoding, nothing would be found in it.
        if is_binary(bytes) || Encoding::is_utf16(bytes) {
            return Self::Binary;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Utf8(text),
            Err(_) => Self::Lossy(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    /// The text, if it is text.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Utf8(text) => Some(text),
            Self::Utf16(text) => std::str::from_utf8(text).ok(),
            Self::Lossy(text) => Some(text),
            Self::Binary => None,
        }
    }
}

/// Whether a file that begins with these bytes is not text. UTF-16 is text.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    !Encoding::is_utf16(bytes) && bytes[..bytes.len().min(LOOKED_AT)].contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_binary_data_are_distinguished() {
        assert!(matches!(Text::of(b"a: 1\n"), Text::Utf8("a: 1\n")));
        for text in [b"\xff\xfea\0\n\0", b"\xfe\xff\0a\0\n", b"a\0\n\0\n\0", b"\0a\0\n\0\n"] {
            assert_eq!(Text::of(text).text().map(str::trim_end), Some("a"));
            assert!(!is_binary(text));
        }
        for bytes in [&b"\x7fELF\0"[..], b"a\0b\0\n", b"\xff\xfea\0\n", b"a\0b\0\0\xd8"] {
            assert!(matches!(Text::of(bytes), Text::Binary), "{bytes:?}");
        }
        assert_eq!(Text::of(b"a\n\xe9b\nc").text(), Some("a\n\u{fffd}b\nc"));
    }
}
