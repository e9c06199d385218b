//! Character classes, in brackets or by name, and escaped characters.

use std::fmt::Write as _;

/// Appends the character so that it means itself, in a class or outside.
pub(super) fn literal(character: char, out: &mut String) {
    if character.is_alphanumeric() {
        out.push(character);
    } else {
        // Writing to a string does not fail.
        let _ = write!(out, "\\x{{{:x}}}", u32::from(character));
    }
}

/// `\d`, `\pL`, …: the set in our syntax, brackets included, and the length of what names it.
pub(super) fn escaped_set(text: &str) -> Option<(String, usize)> {
    let name = text[1..].chars().next()?;
    let set = match name {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => "[\\t\\n\\x0c\\r ]",
        'S' => "[^\\t\\n\\x0c\\r ]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        'p' | 'P' => return property(text, name),
        _ => return None,
    };
    Some((set.to_owned(), 2))
}

/// A property of Unicode, which may be negated twice.
fn property(text: &str, kind: char) -> Option<(String, usize)> {
    let rest = &text[2..];
    let (name, length) = if let Some(inner) = rest.strip_prefix('{') {
        let end = inner.find('}')?;
        (&inner[..end], 2 + end + 2)
    } else {
        let first = rest.chars().next().filter(char::is_ascii_alphabetic)?;
        (&rest[..first.len_utf8()], 3)
    };
    let (negated, name) = match name.strip_prefix('^') {
        Some(name) => (kind == 'p', name),
        None => (kind == 'P', name),
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    // A property that only Go has.
    if name == "Any" {
        return Some((if negated { "[^\\s\\S]" } else { "[\\s\\S]" }.to_owned(), length));
    }
    Some((format!("[\\{}{{{name}}}]", if negated { 'P' } else { 'p' }), length))
}

/// An escape that is one character, and its length.
pub(super) fn escaped_character(text: &str) -> Option<(char, usize)> {
    let escaped = text[1..].chars().next()?;
    let digits =
        |text: &str, most: usize| text.bytes().take(most).take_while(|b| matches!(b, b'0'..=b'7')).count();
    Some(match escaped {
        'a' => ('\x07', 2),
        'f' => ('\x0c', 2),
        'n' => ('\n', 2),
        'r' => ('\r', 2),
        't' => ('\t', 2),
        'v' => ('\x0b', 2),
        // A single digit other than zero would be a back-reference, which Go does not have.
        '0'..='7' => {
            let length = digits(&text[1..], 3);
            if escaped != '0' && length == 1 {
                return None;
            }
            (char::from_u32(u32::from_str_radix(&text[1..=length], 8).ok()?)?, 1 + length)
        }
        'x' => {
            let rest = &text[2..];
            let (hex, length) = match rest.strip_prefix('{') {
                Some(inner) => {
                    let end = inner.find('}')?;
                    (&inner[..end], 2 + end + 2)
                }
                None => (rest.get(..2)?, 4),
            };
            if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            (char::from_u32(u32::from_str_radix(hex, 16).ok()?)?, length)
        }
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => (other, 2),
        _ => return None,
    })
}

/// The sets that have names in brackets.
const NAMES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// Appends the set in brackets that the text begins with; its length.
pub(super) fn bracketed(text: &str, out: &mut String) -> Option<usize> {
    let mut rest = &text[1..];
    out.push('[');
    if let Some(after) = rest.strip_prefix('^') {
        out.push('^');
        rest = after;
    }
    let mut first = true;
    loop {
        if let Some(after) = rest.strip_prefix(']')
            && !first
        {
            out.push(']');
            return Some(text.len() - after.len());
        }
        first = false;
        if rest.starts_with("[:")
            && let Some(end) = rest.find(":]")
        {
            let name = rest[2..end].strip_prefix('^').unwrap_or(&rest[2..end]);
            if !NAMES.contains(&name) {
                return None;
            }
            out.push_str(&rest[..end + 2]);
            rest = &rest[end + 2..];
            continue;
        }
        if rest.starts_with('\\')
            && let Some((set, length)) = escaped_set(rest)
        {
            out.push_str(&set);
            rest = &rest[length..];
            continue;
        }
        let (low, after) = member(rest)?;
        rest = after;
        literal(low, out);
        if let Some(after) = rest.strip_prefix('-')
            && !after.starts_with(']')
        {
            let (high, after) = member(after)?;
            if high < low {
                return None;
            }
            out.push('-');
            literal(high, out);
            rest = after;
        }
    }
}

fn member(text: &str) -> Option<(char, &str)> {
    if text.starts_with('\\') {
        let (character, length) = escaped_character(text)?;
        return Some((character, &text[length..]));
    }
    let character = text.chars().next()?;
    Some((character, &text[character.len_utf8()..]))
}
