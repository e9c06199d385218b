//! Prints floating-point numbers: in the shortest form, or with a precision.

use super::printer::Printer;
use crate::error::{Cause, Result};

/// The most digits after the point that a float can have. Further digits are zeros.
const DIGITS: usize = 1100;

impl Printer<'_, '_, '_> {
    pub(super) fn float(&mut self, number: f64, verb: char) -> Result<()> {
        let layout = self.layout;
        if matches!(verb, 'x' | 'X') && layout.precision.is_some() || layout.sharp {
            return Err(Cause::evaluation(format!("%{verb} of a float is not supported in this form")));
        }
        let magnitude = number.abs();
        let negative = number.is_sign_negative() && !number.is_nan();
        let sign = match (negative, layout.plus, layout.space) {
            (true, _, _) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        if !number.is_finite() {
            let name = if number.is_nan() { "NaN" } else { "Inf" };
            let sign = if sign.is_empty() && !number.is_nan() { "+" } else { sign };
            return self.padded_with_spaces(format!("{sign}{name}").as_bytes());
        }
        self.engine.budget().memory(layout.precision.unwrap_or(0))?;
        let text = match verb {
            'f' | 'F' => fixed(magnitude, layout.precision.unwrap_or(6)),
            'e' | 'E' => scientific(magnitude, Some(layout.precision.unwrap_or(6))),
            'b' => binary(magnitude),
            'x' | 'X' => hexadecimal(magnitude),
            _ => general(magnitude, layout.precision),
        };
        let text = if matches!(verb, 'E' | 'G' | 'X') { text.to_uppercase() } else { text };
        let width = layout.width.unwrap_or(0);
        if layout.zero && !layout.minus && width > sign.len() + text.len() {
            self.out.push_str(sign)?;
            self.out.fill(b'0', width - sign.len() - text.len())?;
            return self.out.push_str(&text);
        }
        self.padded_with_spaces(format!("{sign}{text}").as_bytes())
    }
}

/// The shortest text that reads back as the number; what `%v` prints.
pub(crate) fn shortest(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number.is_infinite() {
        return if sign.is_empty() { "+Inf" } else { "-Inf" }.to_owned();
    }
    format!("{sign}{}", general(number.abs(), None))
}

fn fixed(number: f64, precision: usize) -> String {
    let exact = precision.min(DIGITS);
    format!("{number:.exact$}{}", "0".repeat(precision - exact))
}

/// Digits without a point or trailing zeros, and the exponent of the first.
fn digits(number: f64, precision: Option<usize>) -> (String, i32) {
    let text = match precision {
        None => format!("{number:e}"),
        Some(precision) => format!("{number:.*e}", precision.min(DIGITS)),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn scientific(number: f64, precision: Option<usize>) -> String {
    let (mut digits, exponent) = digits(number, precision);
    if let Some(precision) = precision {
        digits.push_str(&"0".repeat((precision + 1).saturating_sub(digits.len())));
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.unsigned_abs())
}

/// `%g`: scientific for what is very large or very small, plain otherwise, with no trailing zeros.
fn general(number: f64, precision: Option<usize>) -> String {
    let precision = precision.map(|precision| precision.max(1));
    let (digits, exponent) = digits(number, precision.map(|precision| precision - 1));
    let trimmed = digits.trim_end_matches('0');
    let digits = if trimmed.is_empty() { "0" } else { trimmed };
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let most = match precision {
        // The shortest form is scientific from a million on.
        None => 6,
        Some(precision) => {
            let precision = i32::try_from(precision).unwrap_or(i32::MAX);
            if precision > count && count > exponent { count } else { precision }
        }
    };
    if exponent < -4 || exponent >= most {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{first}{point}{rest}e{sign}{:02}", exponent.unsigned_abs());
    }
    let lead = usize::try_from(exponent + 1).unwrap_or(0);
    if exponent < 0 {
        let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    }
    if digits.len() <= lead {
        return format!("{digits}{}", "0".repeat(lead - digits.len()));
    }
    let (whole, fraction) = digits.split_at(lead);
    format!("{whole}.{fraction}")
}

/// `%b`: the mantissa as an integer and the exponent of two.
fn binary(number: f64) -> String {
    let bits = number.to_bits();
    let biased = i32::try_from(bits >> 52 & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    format!("{mantissa}p{exponent:+}")
}

/// `%x`: the mantissa in hexadecimal, with one digit before the point, and the exponent of two.
fn hexadecimal(number: f64) -> String {
    if number == 0.0 {
        return "0x0p+00".to_owned();
    }
    // Scaling by a power of two turns a subnormal number into a normal one, and changes no digit.
    let (number, shift) = if number.is_normal() { (number, 0) } else { (number * 2f64.powi(64), 64) };
    let bits = number.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7ff).unwrap_or(0) - 1023 - shift;
    let digits = format!("{:013x}", bits & ((1 << 52) - 1));
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x1{point}{digits}p{sign}{:02}", exponent.unsigned_abs())
}
