//! [`ClockSkew`]: how many keys have dates that do not fit the API server's clock, for `/readyz?verbose` and metrics. Pure.
//!
//! Renewal copes with such dates ([`KeyAge`](crate::keys::key_age::KeyAge)). This is for people: a clock is wrong somewhere, or was wrong
//! when those keys were made, and nothing else shows it.
//!
//! Decided: of keys whose certificate and Secret were dated by different clocks, only the newest counts. Older ones change no date
//! any more but stay for years, and an alert that never ends is ignored. A certificate that is older than its Secret is no
//! sign: each restored key has one. A key that was put into an older Secret looks like one of another clock.

use crate::keys::renewal::schedule::Schedule;
use std::collections::BTreeSet;
use std::fmt;

/// Keys whose dates do not fit the API server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClockSkew {
    /// Keys dated in the future: the API server's clock is behind, or was ahead when they were made.
    pub future: usize,
    /// Whether the newest key's certificate is dated much later than its Secret, by another clock.
    pub apart: bool,
}

impl ClockSkew {
    pub(crate) fn of(schedule: &Schedule<'_>) -> Self {
        // Two Secrets may hold one key.
        let future: BTreeSet<_> = schedule.future().map(|key| key.fingerprint).collect();
        let difference = schedule.newest().and_then(|key| key.age.clock_difference());
        Self { future: future.len(), apart: difference.is_some_and(|ahead| ahead.is_positive()) }
    }

    pub(crate) fn any(self) -> bool {
        self.future > 0 || self.apart
    }

    /// By the metric's reasons.
    pub(crate) fn by_reason(self) -> [(&'static str, usize); 2] {
        [("future", self.future), ("apart", usize::from(self.apart))]
    }
}

impl fmt::Display for ClockSkew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.any() { "different clocks" } else { "one clock" })?;
        if self.future > 0 {
            write!(f, ", {} in the future", self.future)?;
        }
        if self.apart {
            f.write_str(", the certificate and the Secret of the newest by different ones")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::key_age::KeyAge;
    use crate::keys::renewal::test_keys::{at, dated_key, records, schedule};
    use crate::keys::store::key_records::KeyRecord;

    const HOUR: i64 = 3_600;

    /// Of keys with these dates, in hours: of the Secret, and of the certificate.
    fn clock_skew(keys: &[(i64, i64)], now: i64) -> (usize, bool) {
        let keys = keys.iter().map(|(since, valid_from)| {
            let age = KeyAge { since: at(since * HOUR), valid_from: at(valid_from * HOUR) };
            dated_key(char::from_digit(u32::try_from(*valid_from).unwrap(), 10).unwrap(), age)
        });
        let records = records(&keys.collect::<Vec<KeyRecord>>());
        let skew = ClockSkew::of(&schedule(&records, 0, now * HOUR));
        (skew.future, skew.apart)
    }

    #[test]
    fn keys_in_the_future_and_a_newest_of_two_clocks() {
        for (what, keys, now, expected) in [
            ("none", &[][..], 1, (0, false)),
            ("all is well", &[(1, 1), (2, 2)], 3, (0, false)),
            ("the clock is behind", &[(5, 5), (6, 6)], 3, (2, false)),
            ("one of them was made by a clock that was ahead", &[(1, 1), (6, 6)], 3, (1, false)),
            ("and is in two Secrets", &[(1, 1), (6, 6), (7, 6)], 3, (1, false)),
            ("the newest was made by a clock that is ahead", &[(1, 1), (2, 9)], 9, (0, true)),
            ("and is not any more", &[(1, 1), (2, 9)], 3, (0, true)),
            ("it has been renewed since", &[(1, 1), (2, 9), (3, 3)], 4, (0, false)),
            ("restored", &[(9, 1)], 10, (0, false)),
        ] {
            assert_eq!(clock_skew(keys, now), expected, "{what}");
        }
    }

    #[test]
    fn it_names_both_kinds() {
        let text = |future, apart| ClockSkew { future, apart }.to_string();
        assert_eq!(text(0, false), "one clock");
        assert_eq!(text(2, false), "different clocks, 2 in the future");
        let both = "different clocks, 2 in the future, the certificate and the Secret of the newest by different ones";
        assert_eq!(text(2, true), both);
        assert!(!ClockSkew { future: 0, apart: false }.any() && ClockSkew { future: 0, apart: true }.any());
    }
}
