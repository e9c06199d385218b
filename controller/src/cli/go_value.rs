//! Values as Go's flag packages read them.

use crate::cli::go_duration;
use crate::cli::go_duration::NotADuration;
use clap::Arg;
use jiff::SignedDuration;
use std::any::TypeId;

/// `true` and `false` in all of Go's spellings.
pub(crate) fn boolean(text: &str) -> Result<bool, &'static str> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("write true or false"),
    }
}

pub(crate) fn is_boolean(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == TypeId::of::<bool>()
}

/// Lets a boolean flag stand without its value, as in Go: `--flag` or `--flag=false`.
pub(crate) fn optional_boolean(arg: Arg) -> Arg {
    if !is_boolean(&arg) {
        return arg;
    }
    arg.num_args(0..=1).require_equals(true).default_missing_value("true").value_name("BOOL")
}

/// A whole number as in Go's source: `10`, `-1`, `0x10`, `0o17`, `017`, `0b1`, `1_000`.
pub(crate) fn integer(text: &str) -> Result<i64, &'static str> {
    const WRONG: &str = "write a whole number";
    let (sign, unsigned) = match text.split_at_checked(1) {
        Some((sign @ ("-" | "+"), rest)) => (sign, rest),
        _ => ("", text),
    };
    let lower = unsigned.to_ascii_lowercase();
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, radix)| Some((lower.strip_prefix(prefix)?, radix)));
    let octal = || lower.strip_prefix('0').filter(|digits| !digits.is_empty()).map(|digits| (digits, 8));
    let (digits, radix) = prefixed.or_else(octal).unwrap_or((&lower, 10));
    // One underscore after the prefix, or between two digits.
    let digits = if digits.len() < lower.len() { digits.strip_prefix('_').unwrap_or(digits) } else { digits };
    let whole =
        digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|it| it.is_ascii_hexdigit()));
    if !whole {
        return Err(WRONG);
    }
    i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), radix).map_err(|_| WRONG)
}

/// A number that fits Go's float32.
pub(crate) fn number(text: &str) -> Result<f64, &'static str> {
    let read: f32 = text.parse().map_err(|_| "write a number")?;
    let endless = text.to_ascii_lowercase().contains("inf");
    if read.is_infinite() && !endless { Err("the number is too large") } else { Ok(read.into()) }
}

/// A duration: `1h30m`.
pub(crate) fn duration(text: &str) -> Result<SignedDuration, NotADuration> {
    go_duration::parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_in_gos_source() {
        let cases = [
            ("10", Some(10)),
            ("-1", Some(-1)),
            ("+5", Some(5)),
            ("0", Some(0)),
            ("0x1F", Some(31)),
            ("-0b11", Some(-3)),
            ("0o17", Some(15)),
            ("017", Some(15)),
            ("1_000", Some(1000)),
            ("0x_10", Some(16)),
            ("", None),
            ("-", None),
            ("--1", None),
            ("0x", None),
            ("0x-1", None),
            ("_1", None),
            ("1__0", None),
            ("1_", None),
            ("08", None),
            ("1.5", None),
            (" 1", None),
            ("9223372036854775808", None),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_as_large_as_gos() {
        for (text, expected) in
            [("5", Some(5.0)), ("-1", Some(-1.0)), ("0.5", Some(0.5)), ("inf", Some(f64::INFINITY))]
        {
            assert_eq!(number(text).ok(), expected, "{text}");
        }
        for text in ["1e300", "", "x", "1 "] {
            assert!(number(text).is_err(), "{text}");
        }
    }
}
