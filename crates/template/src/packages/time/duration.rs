//! Durations in nanoseconds, written `1h2m3.5s`.

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The duration, or none if the text is not a duration.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = &rest[..digits(rest)];
        rest = &rest[whole.len()..];
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            fraction = &after[..digits(after)];
            rest = &after[fraction.len()..];
        }
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = rest.find(|next: char| next == '.' || next.is_ascii_digit()).unwrap_or(rest.len());
        let (unit, after) = rest.split_at(end);
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
        rest = after;
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        total = total.checked_add(whole.checked_mul(*size)?)?;
        total = total.checked_add(part_of(fraction, *size))?;
        if total > 1 << 63 {
            return None;
        }
    }
    if negative { 0i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() }
}

/// The digits after a point, in nanoseconds, for a unit of `size` nanoseconds.
fn part_of(fraction: &str, size: u64) -> u64 {
    // No unit has more decimal places.
    let digits = &fraction[..fraction.len().min(18)];
    let scale = 10u128.pow(u32::try_from(digits.len()).unwrap_or(0));
    let part = u128::from(digits.parse::<u64>().unwrap_or(0)) * u128::from(size) / scale;
    u64::try_from(part).unwrap_or(0)
}

pub(crate) fn format_duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    let decimal = |whole: u64, fraction: u64, width: usize| {
        let digits = format!("{fraction:0width$}");
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() { whole.to_string() } else { format!("{whole}.{digits}") }
    };
    let text = match total {
        0 => "0s".to_owned(),
        1..1_000 => format!("{total}ns"),
        1_000..1_000_000 => format!("{}\u{b5}s", decimal(total / 1_000, total % 1_000, 3)),
        1_000_000..1_000_000_000 => format!("{}ms", decimal(total / 1_000_000, total % 1_000_000, 6)),
        _ => {
            let seconds = total / 1_000_000_000;
            let tail = format!("{}s", decimal(seconds % 60, total % 1_000_000_000, 9));
            match (seconds / 3600, seconds / 60) {
                (0, 0) => tail,
                (0, minutes) => format!("{minutes}m{tail}"),
                (hours, minutes) => format!("{hours}h{}m{tail}", minutes % 60),
            }
        }
    };
    format!("{sign}{text}")
}

/// The nearest multiple of `unit`, half away from zero.
pub(crate) fn rounded(nanoseconds: i64, unit: i64) -> i64 {
    if unit <= 0 {
        return nanoseconds;
    }
    let rest = nanoseconds % unit;
    let down = nanoseconds - rest;
    if rest.unsigned_abs() >= (unit - rest.abs()).unsigned_abs() {
        down.saturating_add(if nanoseconds < 0 { -unit } else { unit })
    } else {
        down
    }
}
