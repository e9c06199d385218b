//! Go's layouts: the reference time, written as the time is to be.

/// A part of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'l> {
    Literal(&'l str),
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    /// The offset: whether UTC is `Z`, whether with colons, and how much of it.
    Offset {
        z: bool,
        colon: bool,
        fields: usize,
    },
    /// A fraction of a second: the separator, the digits, and whether trailing zeros stay.
    Fraction {
        separator: char,
        digits: usize,
        fixed: bool,
    },
}

/// The marks of the reference time. Where one begins another, the longer comes first.
const MARKS: [(&str, Part<'static>); 34] = [
    ("January", Part::LongMonth),
    ("Jan", Part::Month),
    ("Monday", Part::LongWeekday),
    ("Mon", Part::Weekday),
    ("MST", Part::ZoneName),
    ("002", Part::ZeroYearDay),
    ("01", Part::ZeroMonth),
    ("02", Part::ZeroDay),
    ("03", Part::ZeroHour12),
    ("04", Part::ZeroMinute),
    ("05", Part::ZeroSecond),
    ("06", Part::Year),
    ("15", Part::Hour),
    ("1", Part::NumMonth),
    ("2006", Part::LongYear),
    ("2", Part::Day),
    ("__2", Part::UnderYearDay),
    ("_2006", Part::Literal("_")),
    ("_2", Part::UnderDay),
    ("3", Part::Hour12),
    ("4", Part::Minute),
    ("5", Part::Second),
    ("PM", Part::UpperPm),
    ("pm", Part::LowerPm),
    ("-070000", Part::Offset { z: false, colon: false, fields: 3 }),
    ("-07:00:00", Part::Offset { z: false, colon: true, fields: 3 }),
    ("-0700", Part::Offset { z: false, colon: false, fields: 2 }),
    ("-07:00", Part::Offset { z: false, colon: true, fields: 2 }),
    ("-07", Part::Offset { z: false, colon: false, fields: 1 }),
    ("Z070000", Part::Offset { z: true, colon: false, fields: 3 }),
    ("Z07:00:00", Part::Offset { z: true, colon: true, fields: 3 }),
    ("Z0700", Part::Offset { z: true, colon: false, fields: 2 }),
    ("Z07:00", Part::Offset { z: true, colon: true, fields: 2 }),
    ("Z07", Part::Offset { z: true, colon: false, fields: 1 }),
];

/// The parts of the layout, in order.
pub(super) fn parts(layout: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut rest, mut literal) = (layout, 0);
    while literal < rest.len() {
        match mark(&rest[literal..]) {
            Some((part, length)) => {
                if literal > 0 {
                    parts.push(Part::Literal(&rest[..literal]));
                }
                parts.push(part);
                rest = &rest[literal + length..];
                literal = 0;
            }
            None => {
                literal += rest[literal..].chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

/// The mark that the text begins with, and its length.
fn mark(text: &str) -> Option<(Part<'_>, usize)> {
    if text.starts_with(['.', ',']) {
        return fraction(text);
    }
    let (mark, part) = MARKS.iter().find(|(mark, _)| text.starts_with(mark))?;
    match part {
        // "Mondays" is no weekday, nor "Janet" a month.
        Part::Month | Part::Weekday if text[3..].starts_with(|next: char| next.is_ascii_lowercase()) => None,
        Part::Literal(literal) => Some((Part::Literal(literal), literal.len())),
        part => Some((*part, mark.len())),
    }
}

fn fraction(text: &str) -> Option<(Part<'_>, usize)> {
    let digit = text[1..].chars().next().filter(|digit| matches!(digit, '0' | '9'))?;
    let digits = text[1..].chars().take_while(|next| *next == digit).count();
    if text[1 + digits..].starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let separator = if text.starts_with(',') { ',' } else { '.' };
    Some((Part::Fraction { separator, digits, fixed: digit == '0' }, digits + 1))
}
