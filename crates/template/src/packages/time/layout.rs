//! Go's layouts, which show how a time is written by the example of a reference time.

/// An element of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element<'l> {
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
    /// The offset: whether UTC is `Z`, whether it has colons, and how many fields it has.
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

/// The marks of the reference time. If one mark begins another, the longer comes first.
const MARKS: [(&str, Element<'static>); 34] = [
    ("January", Element::LongMonth),
    ("Jan", Element::Month),
    ("Monday", Element::LongWeekday),
    ("Mon", Element::Weekday),
    ("MST", Element::ZoneName),
    ("002", Element::ZeroYearDay),
    ("01", Element::ZeroMonth),
    ("02", Element::ZeroDay),
    ("03", Element::ZeroHour12),
    ("04", Element::ZeroMinute),
    ("05", Element::ZeroSecond),
    ("06", Element::Year),
    ("15", Element::Hour),
    ("1", Element::NumMonth),
    ("2006", Element::LongYear),
    ("2", Element::Day),
    ("__2", Element::UnderYearDay),
    ("_2006", Element::Literal("_")),
    ("_2", Element::UnderDay),
    ("3", Element::Hour12),
    ("4", Element::Minute),
    ("5", Element::Second),
    ("PM", Element::UpperPm),
    ("pm", Element::LowerPm),
    ("-070000", Element::Offset { z: false, colon: false, fields: 3 }),
    ("-07:00:00", Element::Offset { z: false, colon: true, fields: 3 }),
    ("-0700", Element::Offset { z: false, colon: false, fields: 2 }),
    ("-07:00", Element::Offset { z: false, colon: true, fields: 2 }),
    ("-07", Element::Offset { z: false, colon: false, fields: 1 }),
    ("Z070000", Element::Offset { z: true, colon: false, fields: 3 }),
    ("Z07:00:00", Element::Offset { z: true, colon: true, fields: 3 }),
    ("Z0700", Element::Offset { z: true, colon: false, fields: 2 }),
    ("Z07:00", Element::Offset { z: true, colon: true, fields: 2 }),
    ("Z07", Element::Offset { z: true, colon: false, fields: 1 }),
];

/// The elements of the layout, in order.
pub(super) fn elements(layout: &str) -> Vec<Element<'_>> {
    let mut elements = Vec::new();
    let (mut rest, mut literal) = (layout, 0);
    while literal < rest.len() {
        match mark(&rest[literal..]) {
            Some((element, length)) => {
                if literal > 0 {
                    elements.push(Element::Literal(&rest[..literal]));
                }
                elements.push(element);
                rest = &rest[literal + length..];
                literal = 0;
            }
            None => {
                literal += rest[literal..].chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    if !rest.is_empty() {
        elements.push(Element::Literal(rest));
    }
    elements
}

/// The mark that the text begins with, and its length.
fn mark(text: &str) -> Option<(Element<'_>, usize)> {
    if text.starts_with(['.', ',']) {
        return fraction(text);
    }
    let (mark, element) = MARKS.iter().find(|(mark, _)| text.starts_with(mark))?;
    match element {
        // "Mondays" is no weekday, nor "Janet" a month.
        Element::Month | Element::Weekday
            if text[3..].starts_with(|next: char| next.is_ascii_lowercase()) =>
        {
            None
        }
        Element::Literal(literal) => Some((Element::Literal(literal), literal.len())),
        element => Some((*element, mark.len())),
    }
}

fn fraction(text: &str) -> Option<(Element<'_>, usize)> {
    let digit = text[1..].chars().next().filter(|digit| matches!(digit, '0' | '9'))?;
    let digits = text[1..].chars().take_while(|next| *next == digit).count();
    if text[1 + digits..].starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let separator = if text.starts_with(',') { ',' } else { '.' };
    Some((Element::Fraction { separator, digits, fixed: digit == '0' }, digits + 1))
}
