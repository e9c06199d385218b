//! Go's `strconv`: numbers from text.

/// An unsigned integer in the base that its prefix names.
pub(crate) fn parse_uint(text: &str) -> Option<u64> {
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

/// A float, as Go reads it: decimal, hexadecimal, infinite or NaN.
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
    // A number out of range is an error in Go, and infinity in Rust.
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
