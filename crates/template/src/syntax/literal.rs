//! Quoted strings and characters, by Go's rules for escapes.

use crate::error::{Cause, Result};
use zeroize::Zeroizing;

/// The bytes that a quoted or raw quoted string stands for.
pub(super) fn unquote(literal: &str) -> Result<Zeroizing<Vec<u8>>> {
    let inner = &literal[1..literal.len() - 1];
    let mut bytes = Zeroizing::new(Vec::with_capacity(inner.len()));
    if literal.starts_with('`') {
        // Go drops carriage returns in raw strings.
        bytes.extend(inner.bytes().filter(|byte| *byte != b'\r'));
        return Ok(bytes);
    }
    let mut rest = inner;
    while !rest.is_empty() {
        let (unit, after) = unquote_char(rest, '"')?;
        match unit {
            Unit::Character(character) => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Unit::Byte(byte) => bytes.push(byte),
        }
        rest = after;
    }
    Ok(bytes)
}

/// What one character or escape stands for.
pub(super) enum Unit {
    Character(char),
    Byte(u8),
}

/// The first character or escape in a literal quoted with `quote`, and the rest.
pub(super) fn unquote_char(text: &str, quote: char) -> Result<(Unit, &str)> {
    let wrong = || Cause::syntax("invalid syntax in a quoted string or character");
    let mut characters = text.chars();
    let first = characters.next().ok_or_else(wrong)?;
    if first == quote {
        return Err(wrong());
    }
    if first != '\\' {
        return Ok((Unit::Character(first), characters.as_str()));
    }
    let escape = characters.next().ok_or_else(wrong)?;
    let rest = characters.as_str();
    let number = |digits: usize, radix: u32, text: &str| -> Result<u32> {
        let digits = text.get(..digits).ok_or_else(wrong)?;
        if !digits.chars().all(|digit| digit.is_digit(radix)) {
            return Err(wrong());
        }
        u32::from_str_radix(digits, radix).map_err(|_| wrong())
    };
    let simple = |character: char| Ok((Unit::Character(character), rest));
    match escape {
        'a' => simple('\x07'),
        'b' => simple('\x08'),
        'f' => simple('\x0c'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'v' => simple('\x0b'),
        '\\' => simple('\\'),
        '\'' | '"' if escape == quote => simple(escape),
        'x' => {
            let byte = u8::try_from(number(2, 16, rest)?).map_err(|_| wrong())?;
            Ok((Unit::Byte(byte), &rest[2..]))
        }
        'u' | 'U' => {
            let digits = if escape == 'u' { 4 } else { 8 };
            let character = char::from_u32(number(digits, 16, rest)?).ok_or_else(wrong)?;
            Ok((Unit::Character(character), &rest[digits..]))
        }
        '0'..='7' => {
            let byte = u8::try_from(number(3, 8, &text[1..])?).map_err(|_| wrong())?;
            Ok((Unit::Byte(byte), &text[4..]))
        }
        _ => Err(wrong()),
    }
}
