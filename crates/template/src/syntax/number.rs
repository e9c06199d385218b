//! Number literals, which fit whatever type asks for them, and Go's rules for numbers in text.

use super::literal::{Unit, unquote_char};
use crate::error::{Fault, Result};

/// A number literal and all it can be taken for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: f64,
    /// Where nothing asks for a type: whether it is written as a float.
    pub(crate) written_as_float: bool,
}

impl Number {
    /// Of a character constant, quotes included.
    pub(super) fn of_character(literal: &str) -> Result<Self> {
        let inner = literal.get(1..).unwrap_or_default();
        let (unit, rest) = unquote_char(inner, '\'')?;
        if rest != "'" {
            return Err(Fault::syntax("malformed character constant"));
        }
        let code = match unit {
            Unit::Character(character) => u32::from(character),
            Unit::Byte(byte) => u32::from(byte),
        };
        Ok(Self {
            int: Some(i64::from(code)),
            uint: Some(u64::from(code)),
            float: f64::from(code),
            written_as_float: false,
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    pub(super) fn of(text: &str) -> Result<Self> {
        if text.ends_with('i') {
            return Err(Fault::syntax("complex numbers are not supported"));
        }
        let int = parse_int(text, 0);
        let uint = parse_uint(text).or((int == Some(0)).then_some(0));
        if let Some(float) = int.map(|int| int as f64).or(uint.map(|uint| uint as f64)) {
            return Ok(Self { int, uint, float, written_as_float: false });
        }
        let float = parse_float(text).ok_or_else(|| Fault::syntax("bad number syntax"))?;
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(Fault::syntax("integer overflow"));
        }
        Ok(Self { int: whole(float), uint: whole_unsigned(float), float, written_as_float: true })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "checked by going back, exactly"
)]
fn whole(float: f64) -> Option<i64> {
    let int = float as i64;
    (int as f64 == float && int != i64::MAX).then_some(int)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "checked by going back, exactly"
)]
fn whole_unsigned(float: f64) -> Option<u64> {
    let uint = float as u64;
    (uint as f64 == float && uint != u64::MAX).then_some(uint)
}

fn parse_uint(text: &str) -> Option<u64> {
    if text.starts_with(['+', '-']) { None } else { magnitude(text, 0) }
}

/// An integer in the base, or in that which its prefix names if the base is zero.
pub(crate) fn parse_int(text: &str, base: u32) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = magnitude(digits, base)?;
    if negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

fn magnitude(text: &str, base: u32) -> Option<u64> {
    if text.starts_with(['+', '-']) {
        return None;
    }
    if base != 0 {
        return text.bytes().all(|b| b != b'_').then(|| u64::from_str_radix(text, base).ok())?;
    }
    if text.contains('_') && !underscores_separate_digits(text) {
        return None;
    }
    let plain: String = text.chars().filter(|character| *character != '_').collect();
    let prefix = plain.get(..2).map(str::to_ascii_lowercase);
    let (base, digits) = match prefix.as_deref() {
        Some("0x") => (16, &plain[2..]),
        Some("0b") => (2, &plain[2..]),
        Some("0o") => (8, &plain[2..]),
        Some(octal) if octal.starts_with('0') => (8, &plain[1..]),
        _ => (10, plain.as_str()),
    };
    if digits.starts_with(['+', '-']) { None } else { u64::from_str_radix(digits, base).ok() }
}

/// Whether every underscore stands between digits, or between a base prefix and a digit.
fn underscores_separate_digits(text: &str) -> bool {
    let text = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let (hex, rest, mut before) = match text.get(..2) {
        Some("0x") => (true, &text[2..], '0'),
        Some("0b" | "0o") => (false, &text[2..], '0'),
        _ => (false, text.as_str(), '^'),
    };
    for character in rest.chars() {
        let digit = character.is_ascii_digit() || hex && character.is_ascii_hexdigit();
        let kind = if digit { '0' } else { character };
        if kind == '_' && before != '0' || before == '_' && kind != '0' {
            return false;
        }
        before = kind;
    }
    before != '_'
}

/// A float as Go's conversion takes it: decimal, hexadecimal, infinite or not a number.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let lower = unsigned.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        "nan" => return (unsigned.len() == text.len()).then_some(f64::NAN),
        _ => {}
    }
    if lower.contains('_') && !underscores_separate_digits(&lower) {
        return None;
    }
    let plain = lower.replace('_', "");
    if let Some(hex) = plain.strip_prefix("0x") {
        return hexadecimal(hex).map(|value| sign * value);
    }
    if !plain.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    // Out of range is an error there, and infinity here.
    plain.parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| sign * value)
}

/// `1.8p3`: a hexadecimal mantissa and a binary exponent, which is required.
#[expect(clippy::cast_precision_loss, reason = "digits beyond a float's precision are rounded away")]
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().ok()?;
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let value = u64::from_str_radix(&digits, 16).ok()? as f64;
    let value = value * 2f64.powi(exponent.checked_sub(i32::try_from(fraction.len() * 4).ok()?)?);
    value.is_finite().then_some(value)
}
