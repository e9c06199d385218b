//! Time zones: UTC, which is also the local zone, as in containers; those of the bundled database; fixed offsets.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The zone in which a time is printed.
#[derive(Clone, PartialEq)]
pub(crate) enum Zone {
    Utc,
    Named(TimeZone),
    /// An offset in seconds, and a name that may be empty.
    Fixed(i32, String),
}

impl Zone {
    /// The zone of that name in the database, by the exact name.
    pub(crate) fn load(name: &str) -> Option<Self> {
        if matches!(name, "" | "UTC" | "Local") {
            return Some(Self::Utc);
        }
        let zone = TimeZone::get(name).ok()?;
        (zone.iana_name() == Some(name)).then_some(Self::Named(zone))
    }

    /// The offset from UTC in seconds at that time, and its name, which may be empty.
    pub(crate) fn at(&self, time: Timestamp) -> (i32, String) {
        match self {
            Self::Utc => (0, "UTC".to_owned()),
            Self::Fixed(offset, name) => (*offset, name.clone()),
            Self::Named(zone) => {
                let info = zone.to_offset_info(time);
                (info.offset().seconds(), info.abbreviation().to_owned())
            }
        }
    }
}
