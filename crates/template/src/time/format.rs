//! A time by a layout.

use super::layout::{Part, parts};
use super::moment::Moment;
use super::{DAYS, MONTHS};
use std::fmt::Write as _;

pub(crate) fn format(moment: &Moment, layout: &str) -> String {
    let civil = moment.civil();
    let (offset, zone) = moment.offset();
    let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
    let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    let month = MONTHS[usize::from(civil.month().unsigned_abs() - 1) % 12];
    let weekday = DAYS[usize::from(civil.weekday().to_sunday_zero_offset().unsigned_abs()) % 7];
    let year = civil.year();
    let mut out = String::new();
    for part in parts(layout) {
        // Writing to a string does not fail.
        let _ = match part {
            Part::Literal(text) => out.write_str(text),
            Part::LongMonth => out.write_str(month),
            Part::Month => out.write_str(&month[..3]),
            Part::NumMonth => write!(out, "{}", civil.month()),
            Part::ZeroMonth => write!(out, "{:02}", civil.month()),
            Part::LongWeekday => out.write_str(weekday),
            Part::Weekday => out.write_str(&weekday[..3]),
            Part::Day => write!(out, "{}", civil.day()),
            Part::UnderDay => write!(out, "{:2}", civil.day()),
            Part::ZeroDay => write!(out, "{:02}", civil.day()),
            Part::UnderYearDay => write!(out, "{:3}", civil.date().day_of_year()),
            Part::ZeroYearDay => write!(out, "{:03}", civil.date().day_of_year()),
            Part::Hour => write!(out, "{hour:02}"),
            Part::Hour12 => write!(out, "{hour12}"),
            Part::ZeroHour12 => write!(out, "{hour12:02}"),
            Part::Minute => write!(out, "{minute}"),
            Part::ZeroMinute => write!(out, "{minute:02}"),
            Part::Second => write!(out, "{second}"),
            Part::ZeroSecond => write!(out, "{second:02}"),
            Part::LongYear if year < 0 => write!(out, "-{:04}", year.unsigned_abs()),
            Part::LongYear => write!(out, "{year:04}"),
            Part::Year => write!(out, "{:02}", year.rem_euclid(100)),
            Part::UpperPm => out.write_str(if hour >= 12 { "PM" } else { "AM" }),
            Part::LowerPm => out.write_str(if hour >= 12 { "pm" } else { "am" }),
            Part::ZoneName if zone.is_empty() => out.write_str(&offset_text(offset, false, 2)),
            Part::ZoneName => out.write_str(&zone),
            Part::Offset { z: true, .. } if offset == 0 => out.write_str("Z"),
            Part::Offset { colon, fields, .. } => out.write_str(&offset_text(offset, colon, fields)),
            Part::Fraction { separator, digits, fixed } => {
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

fn offset_text(offset: i32, colon: bool, fields: usize) -> String {
    let seconds = offset.unsigned_abs();
    let sign = if offset < 0 { '-' } else { '+' };
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60];
    let parts: Vec<String> = parts[..fields.min(3)].iter().map(|part| format!("{part:02}")).collect();
    format!("{sign}{}", parts.join(if colon { ":" } else { "" }))
}
