//! Points in time, with Go's layouts for them, and durations.

mod duration;
mod format;
mod layout;
mod moment;
mod parse;
mod zone;

pub(crate) use duration::{format_duration, parse_duration, rounded};
pub(crate) use format::format;
pub(crate) use moment::Moment;
pub(crate) use parse::parse;
pub(crate) use zone::Zone;

use crate::value::IntKind;

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(crate) const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// How a number that prints itself does so: a month, a weekday, a duration.
pub(crate) fn name_of(kind: IntKind, number: i64) -> String {
    let name = |names: &[&str], first: i64| {
        usize::try_from(number - first).ok().and_then(|index| names.get(index).map(|name| (*name).to_owned()))
    };
    match kind {
        IntKind::Month => name(&MONTHS, 1).unwrap_or_else(|| format!("%!Month({number})")),
        IntKind::Weekday => name(&DAYS, 0).unwrap_or_else(|| format!("%!Weekday({number})")),
        _ => format_duration(number),
    }
}
