//! [`Moment`]: a point in time, with the zone in which it is printed.

use super::zone::Zone;
use crate::error::{Cause, Result};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Go's `time.Time`.
#[derive(Clone, PartialEq)]
pub(crate) struct Moment {
    pub(crate) time: Timestamp,
    pub(crate) zone: Zone,
}

/// Go's zero time, the start of the year one, in seconds after the start of 1970.
const ZERO: i64 = -62_135_596_800;

impl Moment {
    pub(crate) fn utc(time: Timestamp) -> Self {
        Self { time, zone: Zone::Utc }
    }

    /// The time that is `second` seconds after the start of 1970.
    pub(crate) fn at_second(second: i64) -> Result<Self> {
        Timestamp::from_second(second).map(Self::utc).map_err(|_| out_of_range())
    }

    pub(crate) fn zero() -> Result<Self> {
        Self::at_second(ZERO)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.time.as_second() == ZERO && self.time.subsec_nanosecond() == 0
    }

    pub(crate) fn offset(&self) -> (i32, String) {
        self.zone.at(self.time)
    }

    /// Date and clock time in its zone.
    pub(crate) fn civil(&self) -> DateTime {
        let offset = Offset::from_seconds(self.offset().0).unwrap_or(Offset::UTC);
        offset.to_datetime(self.time)
    }

    pub(crate) fn plus(&self, nanoseconds: i64) -> Result<Self> {
        let time =
            self.time.checked_add(SignedDuration::from_nanos(nanoseconds)).map_err(|_| out_of_range())?;
        Ok(Self { time, zone: self.zone.clone() })
    }

    /// The nanoseconds since the other time, or the nearest that a duration can hold.
    pub(crate) fn since(&self, other: &Self) -> i64 {
        let distance = self.time.as_nanosecond() - other.time.as_nanosecond();
        i64::try_from(distance).unwrap_or(if distance < 0 { i64::MIN } else { i64::MAX })
    }
}

pub(crate) fn out_of_range() -> Cause {
    Cause::evaluation("the time is out of range")
}
