//! Durations in the syntax of Go's flags: `720h`, `1h30m`, `1.5h`, `300ms`, `-10s`, `0`.

use jiff::SignedDuration;

/// The text is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a duration is written as in `720h`, `1h30m` or `45s`")]
pub(crate) struct NotADuration;

/// Units, the two-letter ones first: `ms` must not be read as `m`.
const UNITS: [(&str, i64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a duration in Go's syntax. The range is Go's as well: about 292 years.
pub(crate) fn parse(text: &str) -> Result<SignedDuration, NotADuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return Err(NotADuration);
    }
    let mut nanos: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(NotADuration)?;
        let (number, after) = rest.split_at(digits);
        let (unit, per_unit) =
            UNITS.into_iter().find(|(unit, _)| after.starts_with(unit)).ok_or(NotADuration)?;
        nanos = nanos.checked_add(scale(number, per_unit)?).ok_or(NotADuration)?;
        rest = &after[unit.len()..];
    }
    Ok(SignedDuration::from_nanos(if negative { -nanos } else { nanos }))
}

/// `number`, which may have a fraction, times `per_unit`, in whole nanoseconds.
fn scale(number: &str, per_unit: i64) -> Result<i64, NotADuration> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return Err(NotADuration);
    }
    let parse = |digits: &str| {
        if digits.is_empty() { Ok(0) } else { digits.parse::<i64>() }
    };
    let whole = parse(whole).ok().and_then(|n| n.checked_mul(per_unit)).ok_or(NotADuration)?;
    // Beyond eighteen digits nothing is left of an hour's nanoseconds.
    let fraction = &fraction[..fraction.len().min(18)];
    let denominator = 10_i128.pow(u32::try_from(fraction.len()).map_err(|_| NotADuration)?);
    let numerator = i128::from(parse(fraction).map_err(|_| NotADuration)?);
    let part = i64::try_from(numerator * i128::from(per_unit) / denominator).map_err(|_| NotADuration)?;
    whole.checked_add(part).ok_or(NotADuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        let cases = [
            ("0", 0),
            ("0s", 0),
            ("87600h", 87_600 * 3_600_000_000_000),
            ("720h0m0s", 720 * 3_600_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1.5h", 5_400_000_000_000),
            (".5s", 500_000_000),
            ("300ms", 300_000_000),
            ("-10s", -10_000_000_000),
            ("+1m1ms", 60_001_000_000),
            ("2µs", 2_000),
        ];
        for (text, nanos) in cases {
            assert_eq!(parse(text), Ok(SignedDuration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        for text in ["", "-", "5", "1d", "h", ".", ".h", "1..2h", "1h 30m", "3000000h", "1h30"] {
            assert_eq!(parse(text), Err(NotADuration), "{text}");
        }
    }
}
