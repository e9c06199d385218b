//! Number literals, whose type depends on where they are used.

use super::literal::{Unit, unquote_char};
use crate::error::{Cause, Result};
use crate::packages::strconv::{parse_float, parse_int, parse_uint};

/// A number literal, as a value of each type that it fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: f64,
    /// Whether it is written as a float, which decides its type where nothing else does.
    pub(crate) written_as_float: bool,
}

impl Number {
    /// The number of a character constant, given with its quotes.
    pub(super) fn of_character(literal: &str) -> Result<Self> {
        let inner = literal.get(1..).unwrap_or_default();
        let (unit, rest) = unquote_char(inner, '\'')?;
        if rest != "'" {
            return Err(Cause::syntax("malformed character constant"));
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

    #[expect(clippy::cast_precision_loss, reason = "the result is a float")]
    pub(super) fn of(text: &str) -> Result<Self> {
        if text.ends_with('i') {
            return Err(Cause::syntax("complex numbers are not supported"));
        }
        let int = parse_int(text, 0);
        let uint = parse_uint(text).or((int == Some(0)).then_some(0));
        if let Some(float) = int.map(|int| int as f64).or(uint.map(|uint| uint as f64)) {
            return Ok(Self { int, uint, float, written_as_float: false });
        }
        let float = parse_float(text).ok_or_else(|| Cause::syntax("bad number syntax"))?;
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(Cause::syntax("integer overflow"));
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
