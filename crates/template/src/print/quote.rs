//! Quotes strings and characters as in Go source.

use crate::error::Result;
use crate::text::Buffer;
use crate::text::is_printable;

/// Appends the bytes in double quotes, escaped; with `ascii`, all that is not ASCII is as well.
pub(crate) fn quote(out: &mut Buffer<'_>, bytes: &[u8], ascii: bool) -> Result<()> {
    out.push(b"\"")?;
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        let mut plain = 0;
        for (index, character) in valid.char_indices() {
            let stays = !matches!(character, '"' | '\\')
                && if ascii || character.is_ascii() {
                    (' '..='~').contains(&character)
                } else {
                    is_printable(character)
                };
            if !stays {
                out.push_str(&valid[plain..index])?;
                out.push_str(&escape(character, '"', ascii))?;
                plain = index + character.len_utf8();
            }
        }
        out.push_str(&valid[plain..])?;
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"))?;
        }
    }
    out.push(b"\"")
}

pub(super) fn quote_char(character: char, ascii: bool) -> String {
    let plain = if ascii { (' '..='~').contains(&character) } else { is_printable(character) };
    if plain && !matches!(character, '\'' | '\\') {
        format!("'{character}'")
    } else {
        format!("'{}'", escape(character, '\'', ascii))
    }
}

fn escape(character: char, quote: char, ascii: bool) -> String {
    if character == quote || character == '\\' {
        return format!("\\{character}");
    }
    if !ascii && is_printable(character) {
        return character.to_string();
    }
    match character {
        '\x07' => "\\a".to_owned(),
        '\x08' => "\\b".to_owned(),
        '\x0c' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\x0b' => "\\v".to_owned(),
        ' '..='~' => character.to_string(),
        '\0'..='\x7f' => format!("\\x{:02x}", u32::from(character)),
        '\u{80}'..='\u{ffff}' => format!("\\u{:04x}", u32::from(character)),
        other => format!("\\U{:08x}", u32::from(other)),
    }
}
