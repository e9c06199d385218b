//! Go's `time`: points in time, with its layouts, and durations.

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
