//! Sprig's conversion of any value to a number. A value that is not a number counts as zero.

use crate::packages::strconv::{parse_float, parse_int};
use crate::value::{IntKind, Value};

pub(crate) fn to_int(value: &Value) -> i64 {
    match value {
        // The library that sprig uses does not know this type.
        Value::Int(IntKind::Duration, _) => 0,
        Value::Int(_, number) => *number,
        Value::Float(number) => truncated(*number),
        Value::Bool(truth) => i64::from(*truth),
        Value::Text(text) => {
            str::from_utf8(text).ok().and_then(|text| parse_int(without_zero_decimals(text), 0)).unwrap_or(0)
        }
        _ => 0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the result is a float")]
pub(super) fn to_float(value: &Value) -> f64 {
    match value {
        Value::Int(IntKind::Duration, _) => 0.0,
        Value::Int(kind, number) if kind.is_unsigned() => number.cast_unsigned() as f64,
        Value::Int(_, number) => *number as f64,
        Value::Float(number) => *number,
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        Value::Text(text) => str::from_utf8(text).ok().and_then(parse_float).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// As Go does it on amd64: a number that does not fit becomes the least integer.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
pub(super) fn truncated(number: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

/// `1.00` is `1`.
fn without_zero_decimals(text: &str) -> &str {
    let trimmed = text.trim_end_matches('0');
    match trimmed.strip_suffix('.') {
        Some(whole) if trimmed.len() < text.len() => whole,
        _ => text,
    }
}
