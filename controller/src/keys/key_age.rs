//! [`KeyAge`]: the two dates of a sealing key, and which of them its age is counted from. Pure.
//!
//! A key's Secret is dated by the API server that stored it; its certificate by the controller that made the key, which takes the
//! time from the `Date` header of the API server's answers. The two may be years apart: a proxy rewrites that header, or there are
//! several API servers whose clocks differ. A new key would then be due as soon as it is stored, or be dated in the future, and
//! so would each of its successors.
//!
//! Decided: a key's age is counted from the later of its dates that is not in the future. By the clock of the process that makes
//! it, a key is new; so each clock has one key per renewal period, however many clocks there are and however often they take
//! turns. This follows from what is stored, so that it holds for all replicas and after a restart, instead of a waiting time
//! after each new key, which would not.

use jiff::{SignedDuration, Timestamp};
use sealing::SealingKey;

/// Two clocks that differ by no more than this count as one; a date that is later than now by more is in the future.
pub(crate) const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// When a key was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyAge {
    /// The date by which keys are ordered (`--key-order-priority`).
    pub since: Timestamp,
    /// The start of its certificate's validity.
    pub valid_from: Timestamp,
}

impl KeyAge {
    pub(crate) fn of(key: &SealingKey) -> Self {
        Self { since: key.since(), valid_from: key.pair().certificate().not_before() }
    }

    pub(crate) fn is_future(&self, now: Timestamp) -> bool {
        is_future(self.since.min(self.valid_from), now)
    }

    /// The date that the key's age is counted from.
    pub(crate) fn counted_from(&self, now: Timestamp) -> Timestamp {
        let (earlier, later) = (self.since.min(self.valid_from), self.since.max(self.valid_from));
        if is_future(later, now) { earlier } else { later }
    }

    /// The date that decides which of two keys is the newer. Where a wrong clock dated the Secret in the future, the date that
    /// the key's age is counted from.
    pub(crate) fn ordered_by(&self, now: Timestamp) -> Timestamp {
        if is_future(self.since, now) { self.counted_from(now) } else { self.since }
    }

    /// By how much the clock that dated a new key's certificate is ahead of the clock that dated its Secret; None if they agree.
    pub(crate) fn clock_difference(&self) -> Option<SignedDuration> {
        Some(self.valid_from.duration_since(self.since)).filter(|ahead| ahead.abs() > CLOCK_TOLERANCE)
    }
}

fn is_future(date: Timestamp, now: Timestamp) -> bool {
    date.duration_since(now) > CLOCK_TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_counted_from_the_later_date_that_is_not_in_the_future() {
        const HOUR: i64 = 3_600;
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        for (name, since, valid_from, now, age, future) in [
            ("one clock", HOUR, HOUR, 2 * HOUR, HOUR, false),
            ("made by a clock that was ahead", HOUR, 9 * HOUR, 2 * HOUR, HOUR, false),
            ("and looked at with that clock", HOUR, 9 * HOUR, 10 * HOUR, 9 * HOUR, false),
            ("stored by a clock that was ahead", 9 * HOUR, HOUR, 2 * HOUR, HOUR, false),
            ("ahead within the tolerance", HOUR, 2 * HOUR, 2 * HOUR - 60, 2 * HOUR, false),
            ("restored, by the date of its Secret", 9 * HOUR, HOUR, 10 * HOUR, 9 * HOUR, false),
            ("in the future", 8 * HOUR, 9 * HOUR, 2 * HOUR, 8 * HOUR, true),
        ] {
            let (key, now) = (KeyAge { since: at(since), valid_from: at(valid_from) }, at(now));
            assert_eq!((key.counted_from(now), key.is_future(now)), (at(age), future), "{name}");
        }
        let difference =
            |seconds| KeyAge { since: at(HOUR), valid_from: at(HOUR + seconds) }.clock_difference();
        assert_eq!(
            [60, HOUR, -HOUR].map(difference),
            [None, Some(1), Some(-1)].map(|hours| hours.map(SignedDuration::from_hours))
        );
    }
}
