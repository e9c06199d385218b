//! [`Dates`]: the two dates that a key has, and which of them its age goes by. Pure.
//!
//! Its Secret is dated by the API server that stored it; its certificate, by what its maker took for the time, which is the
//! `Date` of an API server's answer. They may be years apart: something in between rewrites that header, or there are several
//! API servers whose clocks differ. A key made to renew another would then be due as soon as it is stored, or be from the
//! future, and so would each that follows it.
//!
//! Decided: a key's age is told by the later of its dates that is not from the future. By the clock of
//! the process that makes a key, the key is new: so each clock has one key a period, however many clocks there are, and however often
//! they take turns. This follows from what is stored, so it holds for all replicas and after a restart; a pause after each key
//! would not.

use jiff::{SignedDuration, Timestamp};
use sealing::SealingKey;

/// Clocks that differ by less are the same clock; what is newer by more is from the future.
pub(crate) const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Since when a key is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dates {
    /// In the order that was asked for: what tells which of two keys is the newer.
    pub since: Timestamp,
    /// The start of its certificate's validity.
    pub valid_from: Timestamp,
}

impl Dates {
    /// Of a key that is there.
    pub(crate) fn of(key: &SealingKey) -> Self {
        Self { since: key.since(), valid_from: key.pair().certificate().not_before() }
    }

    /// Whether neither is merely ahead by a clock's error.
    pub(crate) fn is_future(&self, now: Timestamp) -> bool {
        is_future(self.since.min(self.valid_from), now)
    }

    /// What its age is told by.
    pub(crate) fn at(&self, now: Timestamp) -> Timestamp {
        let (earlier, later) = (self.since.min(self.valid_from), self.since.max(self.valid_from));
        if is_future(later, now) { earlier } else { later }
    }

    /// What tells which of two keys is the newer. Not what is from the future: a Secret that was dated by a wrong clock.
    pub(crate) fn since(&self, now: Timestamp) -> Timestamp {
        if is_future(self.since, now) { self.at(now) } else { self.since }
    }

    /// By how much the clock that a new key was made by is ahead of the one that dated its Secret; None if they agree.
    pub(crate) fn apart(&self) -> Option<SignedDuration> {
        Some(self.valid_from.duration_since(self.since)).filter(|apart| apart.abs() > SKEW)
    }
}

fn is_future(moment: Timestamp, now: Timestamp) -> bool {
    moment.duration_since(now) > SKEW
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_that_is_not_from_the_future() {
        const HOUR: i64 = 3_600;
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        for (name, since, valid_from, now, age, future) in [
            ("agreed", HOUR, HOUR, 2 * HOUR, HOUR, false),
            ("made by a clock that was ahead", HOUR, 9 * HOUR, 2 * HOUR, HOUR, false),
            ("and seen by it", HOUR, 9 * HOUR, 10 * HOUR, 9 * HOUR, false),
            ("stored by a clock that was ahead", 9 * HOUR, HOUR, 2 * HOUR, HOUR, false),
            ("ahead by an error", HOUR, 2 * HOUR, 2 * HOUR - 60, 2 * HOUR, false),
            ("restored, by the date of its Secret", 9 * HOUR, HOUR, 10 * HOUR, 9 * HOUR, false),
            ("from the future", 8 * HOUR, 9 * HOUR, 2 * HOUR, 8 * HOUR, true),
        ] {
            let (dates, now) = (Dates { since: at(since), valid_from: at(valid_from) }, at(now));
            assert_eq!((dates.at(now), dates.is_future(now)), (at(age), future), "{name}");
        }
        let apart = |seconds| Dates { since: at(HOUR), valid_from: at(HOUR + seconds) }.apart();
        assert_eq!(
            [60, HOUR, -HOUR].map(apart),
            [None, Some(1), Some(-1)].map(|hours| hours.map(SignedDuration::from_hours))
        );
    }
}
