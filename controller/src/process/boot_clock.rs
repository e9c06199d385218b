//! [`Moment`]: time by the machine's monotonic clock, which also counts the time in which the machine is suspended.
//!
//! Decided: `CLOCK_BOOTTIME` where there is one, instead of `std::time::Instant`, which on Linux stops while the
//! machine is suspended: a leader that wakes up must know that its term is over.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::Monotonic;

/// A point in time, as the time since the machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Duration);

impl Moment {
    pub(crate) fn now() -> Self {
        let now = clock_gettime(CLOCK);
        let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
        let nanos = u32::try_from(now.tv_nsec).unwrap_or_default();
        Self(Duration::new(seconds, nanos))
    }

    /// The moment this long after the machine started.
    pub(crate) const fn at(since_start: Duration) -> Self {
        Self(since_start)
    }

    pub(crate) const fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }

    /// The time from this moment until `end`; zero if `end` is earlier.
    pub(crate) const fn until(self, then: Self) -> Duration {
        then.0.saturating_sub(self.0)
    }

    /// Nanoseconds since the machine started.
    pub(crate) fn nanos(self) -> u64 {
        u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX)
    }
}
