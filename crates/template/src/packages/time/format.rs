//! A time as text, by a layout.

use super::layout::{Element, elements};
use super::moment::Moment;
use super::{DAYS, MONTHS};
use std::fmt::{self, Write as _};

pub(crate) fn format(moment: &Moment, layout: &str) -> String {
    let civil = moment.civil();
    let (offset, zone) = moment.offset();
    let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
    let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    let month = MONTHS[usize::from(civil.month().unsigned_abs() - 1) % 12];
    let weekday = DAYS[usize::from(civil.weekday().to_sunday_zero_offset().unsigned_abs()) % 7];
    let year = civil.year();
    let mut out = String::new();
    for part in elements(layout) {
        // Writing to a string does not fail.
        let _ = match part {
            Element::Literal(text) => out.write_str(text),
            Element::LongMonth => out.write_str(month),
            Element::Month => out.write_str(&month[..3]),
            Element::NumMonth => write!(out, "{}", civil.month()),
            Element::ZeroMonth => write!(out, "{:02}", civil.month()),
            Element::LongWeekday => out.write_str(weekday),
            Element::Weekday => out.write_str(&weekday[..3]),
            Element::Day => write!(out, "{}", civil.day()),
            Element::UnderDay => write!(out, "{:2}", civil.day()),
            Element::ZeroDay => write!(out, "{:02}", civil.day()),
            Element::UnderYearDay => write!(out, "{:3}", civil.date().day_of_year()),
            Element::ZeroYearDay => write!(out, "{:03}", civil.date().day_of_year()),
            Element::Hour => write!(out, "{hour:02}"),
            Element::Hour12 => write!(out, "{hour12}"),
            Element::ZeroHour12 => write!(out, "{hour12:02}"),
            Element::Minute => write!(out, "{minute}"),
            Element::ZeroMinute => write!(out, "{minute:02}"),
            Element::Second => write!(out, "{second}"),
            Element::ZeroSecond => write!(out, "{second:02}"),
            Element::LongYear if year < 0 => write!(out, "-{:04}", year.unsigned_abs()),
            Element::LongYear => write!(out, "{year:04}"),
            Element::Year => write!(out, "{:02}", year.rem_euclid(100)),
            Element::UpperPm => out.write_str(if hour >= 12 { "PM" } else { "AM" }),
            Element::LowerPm => out.write_str(if hour >= 12 { "pm" } else { "am" }),
            Element::ZoneName if zone.is_empty() => out.write_str(&offset_text(offset, false, 2)),
            Element::ZoneName => out.write_str(&zone),
            Element::Offset { z: true, .. } if offset == 0 => out.write_str("Z"),
            Element::Offset { colon, fields, .. } => out.write_str(&offset_text(offset, colon, fields)),
            Element::Fraction { separator, digits, fixed } => {
                let nanoseconds = format!("{:09}", civil.subsec_nanosecond());
                let mut fraction = nanoseconds[..digits.min(9)].to_owned();
                if fixed {
                    fraction.push_str(&"0".repeat(digits.saturating_sub(9)));
                } else {
                    fraction.truncate(fraction.trim_end_matches('0').len());
                }
                if fraction.is_empty() { Ok(()) } else { write!(out, "{separator}{fraction}") }
            }
        };
    }
    out
}

impl Moment {
    /// The time by RFC 3339: `2006-01-02T15:04:05.9Z`.
    pub(crate) fn rfc3339(&self) -> String {
        format(self, "2006-01-02T15:04:05.999999999Z07:00")
    }
}

/// What `%v` prints.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format(self, "2006-01-02 15:04:05.999999999 -0700 MST"))
    }
}

fn offset_text(offset: i32, colon: bool, fields: usize) -> String {
    let seconds = offset.unsigned_abs();
    let sign = if offset < 0 { '-' } else { '+' };
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60];
    let parts: Vec<String> = parts[..fields.min(3)].iter().map(|part| format!("{part:02}")).collect();
    format!("{sign}{}", parts.join(if colon { ":" } else { "" }))
}
