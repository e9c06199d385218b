//! A time from text, by a layout.

use super::layout::{Element, elements};
use super::moment::Moment;
use super::zone::Zone;
use super::{DAYS, MONTHS};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// The elements that were read so far.
#[derive(Default)]
struct Read {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    year_day: Option<i16>,
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
    pm: Option<bool>,
    offset: Option<i32>,
    /// The offset of a zone's name. The time is printed in it, while its text is read as UTC.
    named_offset: Option<i32>,
    zone: Option<String>,
    utc: bool,
}

/// The time, or none if the text does not match the layout or is not a time.
pub(crate) fn parse(layout: &str, text: &str) -> Option<Moment> {
    let elements = elements(layout);
    let mut read = Read::default();
    let mut rest = text;
    for (index, part) in elements.iter().enumerate() {
        let after = elements.get(index + 1);
        let fraction_follows = matches!(after, Some(Element::Fraction { .. }));
        rest = read.part(part, rest, fraction_follows)?;
    }
    if rest.is_empty() { read.moment() } else { None }
}

/// A number of at least `least` and at most `most` digits.
fn number(text: &str, least: usize, most: usize) -> Option<(i32, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if length < least {
        return None;
    }
    Some((text[..length].parse().ok()?, &text[length..]))
}

fn within<T: TryFrom<i32>>(number: i32, range: std::ops::RangeInclusive<i32>) -> Option<T> {
    if range.contains(&number) { T::try_from(number).ok() } else { None }
}

/// The index of the name that the text begins with, in upper or lower case.
fn name<'t>(text: &'t str, names: &[&str], length: Option<usize>) -> Option<(usize, &'t str)> {
    names.iter().enumerate().find_map(|(index, name)| {
        let name = &name[..length.unwrap_or(name.len())];
        let head = text.get(..name.len())?;
        head.eq_ignore_ascii_case(name).then(|| (index, &text[name.len()..]))
    })
}

/// The rest of the text after a literal of the layout. A run of spaces in the layout matches any number of spaces.
fn literal<'t>(text: &'t str, literal: &str) -> Option<&'t str> {
    let mut rest = text;
    let mut wanted = literal;
    while let Some(first) = wanted.chars().next() {
        if first == ' ' {
            if !rest.is_empty() && !rest.starts_with(' ') {
                return None;
            }
            wanted = wanted.trim_start_matches(' ');
            rest = rest.trim_start_matches(' ');
            continue;
        }
        rest = rest.strip_prefix(first)?;
        wanted = &wanted[first.len_utf8()..];
    }
    Some(rest)
}

/// Digits after a point, in nanoseconds.
fn nanoseconds(digits: &str) -> Option<i32> {
    let digits = &digits[..digits.len().min(9)];
    Some(digits.parse::<i32>().ok()? * 10i32.pow(9 - u32::try_from(digits.len()).ok()?))
}

impl Read {
    fn part<'t>(&mut self, part: &Element<'_>, text: &'t str, fraction_follows: bool) -> Option<&'t str> {
        let unspaced = text.strip_prefix(' ').unwrap_or(text);
        Some(match part {
            Element::Literal(wanted) => literal(text, wanted)?,
            Element::LongYear => {
                let (year, rest) = number(text, 4, 4)?;
                self.year = Some(within(year, 0..=9999)?);
                rest
            }
            Element::Year => {
                let (year, rest) = number(text, 2, 2)?;
                self.year = Some(within(if year >= 69 { year + 1900 } else { year + 2000 }, 0..=9999)?);
                rest
            }
            Element::LongMonth | Element::Month => {
                let length = (*part == Element::Month).then_some(3);
                let (index, rest) = name(text, &MONTHS, length)?;
                self.month = Some(i8::try_from(index + 1).ok()?);
                rest
            }
            Element::NumMonth | Element::ZeroMonth => {
                let (month, rest) = number(text, if *part == Element::ZeroMonth { 2 } else { 1 }, 2)?;
                self.month = Some(within(month, 1..=12)?);
                rest
            }
            Element::LongWeekday => name(text, &DAYS, None)?.1,
            Element::Weekday => name(text, &DAYS, Some(3))?.1,
            Element::Day | Element::UnderDay | Element::ZeroDay => {
                let text = if *part == Element::UnderDay { unspaced } else { text };
                let (day, rest) = number(text, if *part == Element::ZeroDay { 2 } else { 1 }, 2)?;
                self.day = Some(within(day, 0..=31)?);
                rest
            }
            Element::UnderYearDay | Element::ZeroYearDay => {
                let spaces = if *part == Element::UnderYearDay {
                    text.len() - text.trim_start_matches(' ').len()
                } else {
                    0
                };
                let (day, rest) = number(&text[spaces.min(2)..], 3 - spaces.min(2), 3)?;
                self.year_day = Some(within(day, 1..=366)?);
                rest
            }
            Element::Hour => {
                let (hour, rest) = number(text, 1, 2)?;
                self.hour = within(hour, 0..=23)?;
                rest
            }
            Element::Hour12 | Element::ZeroHour12 => {
                let (hour, rest) = number(text, if *part == Element::ZeroHour12 { 2 } else { 1 }, 2)?;
                self.hour = within(hour, 0..=12)?;
                rest
            }
            Element::Minute | Element::ZeroMinute => {
                let (minute, rest) = number(text, if *part == Element::ZeroMinute { 2 } else { 1 }, 2)?;
                self.minute = within(minute, 0..=59)?;
                rest
            }
            Element::Second | Element::ZeroSecond => {
                let (second, rest) = number(text, if *part == Element::ZeroSecond { 2 } else { 1 }, 2)?;
                self.second = within(second, 0..=59)?;
                if fraction_follows { rest } else { self.fraction_without_prompt(rest)? }
            }
            Element::UpperPm | Element::LowerPm => {
                let (am, pm) = if *part == Element::UpperPm { ("AM", "PM") } else { ("am", "pm") };
                self.pm = Some(text.starts_with(pm));
                text.strip_prefix(pm).or_else(|| text.strip_prefix(am))?
            }
            Element::ZoneName => self.zone_name(text)?,
            Element::Offset { z, colon, fields } => self.offset(text, *z, *colon, *fields)?,
            Element::Fraction { digits, fixed: true, .. } => {
                let rest = text.strip_prefix(['.', ','])?;
                let fraction = rest.get(..*digits)?;
                if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                self.nanosecond = nanoseconds(fraction)?;
                &rest[*digits..]
            }
            Element::Fraction { .. } => self.fraction_without_prompt(text)?,
        })
    }

    /// Reads a fraction of a second, which may follow although the layout has none.
    fn fraction_without_prompt<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let Some(rest) = text.strip_prefix(['.', ',']) else { return Some(text) };
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Some(text);
        }
        self.nanosecond = nanoseconds(&rest[..length])?;
        Some(&rest[length..])
    }

    fn offset<'t>(&mut self, text: &'t str, z: bool, colon: bool, fields: usize) -> Option<&'t str> {
        if z && let Some(rest) = text.strip_prefix('Z') {
            self.utc = true;
            return Some(rest);
        }
        let negative = text.starts_with('-');
        let mut rest = text.strip_prefix(['+', '-'])?;
        let mut seconds = 0;
        for (index, (size, most)) in [(3600, 24), (60, 60), (1, 60)].into_iter().take(fields).enumerate() {
            if colon && index > 0 {
                rest = rest.strip_prefix(':')?;
            }
            let (part, after) = number(rest, 2, 2)?;
            seconds += within::<i32>(part, 0..=most)? * size;
            rest = after;
        }
        self.offset = Some(if negative { -seconds } else { seconds });
        Some(rest)
    }

    /// `UTC`, another name of three or four capitals, or `GMT+3`.
    fn zone_name<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        if let Some(rest) = text.strip_prefix("UTC") {
            self.utc = true;
            return Some(rest);
        }
        if let Some(rest) = text.strip_prefix("GMT") {
            let hours = rest.strip_prefix(['+', '-']).and_then(|digits| number(digits, 1, 2));
            if let Some((hours, after)) = hours.filter(|(hours, _)| *hours < 24) {
                self.zone = Some(text[..text.len() - after.len()].to_owned());
                self.named_offset = Some(if rest.starts_with('-') { -hours } else { hours } * 3600);
                return Some(after);
            }
        }
        let length = text.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
        let is_name = match length {
            3 => true,
            4 => &text[3..4] == "T" || text.starts_with("WITA"),
            5 => &text[4..5] == "T",
            _ => false,
        };
        if !is_name {
            return None;
        }
        self.zone = Some(text[..length].to_owned());
        Some(&text[length..])
    }

    fn moment(self) -> Option<Moment> {
        let hour = match self.pm {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let year = self.year.unwrap_or(0);
        let date = match self.year_day {
            None => Date::new(year, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()?,
            Some(day) => {
                let date = Date::new(year, 1, 1)
                    .ok()?
                    .checked_add(SignedDuration::from_hours(24 * i64::from(day - 1)))
                    .ok()?;
                let agrees = date.year() == year
                    && self.month.is_none_or(|month| month == date.month())
                    && self.day.is_none_or(|day| day == date.day());
                agrees.then_some(date)?
            }
        };
        let clock = jiff::civil::Time::new(hour, self.minute, self.second, self.nanosecond).ok()?;
        let civil = DateTime::from_parts(date, clock);
        let offset = if self.utc { 0 } else { self.offset.unwrap_or(0) };
        let time = Offset::from_seconds(offset).ok()?.to_timestamp(civil).ok()?;
        let zone = match (self.utc, self.offset, self.zone) {
            (true, _, _) | (_, None | Some(0), None) => Zone::Utc,
            (_, offset, zone) => {
                Zone::Fixed(offset.or(self.named_offset).unwrap_or(0), zone.unwrap_or_default())
            }
        };
        Some(Moment { time, zone })
    }
}
