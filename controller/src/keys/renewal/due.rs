//! When a sealing key is due for renewal. Pure.
//!
//! - **Jitter** is derived from the key's fingerprint, so that all replicas agree on the date, and many clusters installed in the
//!   same minute do not renew in the same minute. It makes a key due earlier, never later: no key gets older than the period.
//! - **The cut-off** (`--key-cutoff-time`) is a date like any other: once it has come, a key from before it is due. That needs no
//!   restart, and a restart does not repeat it.

use crate::config::keys::Renewal;
use crate::keys::key_age::CLOCK_TOLERANCE;
use crate::keys::renewal::schedule::Schedule;
use crate::keys::store::key_records::ActiveKey;
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};

/// A key is due early by up to a tenth of the period, and by no more than this.
const LONGEST_JITTER: SignedDuration = SignedDuration::from_hours(24);

impl Schedule<'_> {
    /// When the newest key is due, which may be past; None for never.
    pub(crate) fn next_renewal(&self) -> Option<Timestamp> {
        self.newest().and_then(|key| self.due(&key))
    }

    /// When the newest key is due; None for never. Keys may have been dated by several clocks: while the age of another key is
    /// counted from a later date, the newest is not due before that key is.
    pub(crate) fn due(&self, newest: &ActiveKey<'_>) -> Option<Timestamp> {
        let age = |key: &ActiveKey<'_>| key.age.counted_from(self.now);
        let due = |key: &ActiveKey<'_>| due(key.fingerprint, age(key), self.renewal);
        let newer = self.present().filter(|key| age(key).duration_since(age(newest)) > CLOCK_TOLERANCE);
        newer.map(|key| due(&key)).fold(due(newest), |latest, due| Some(latest?.max(due?)))
    }
}

/// When a key whose age is counted from `since` is due; None for never.
fn due(fingerprint: Fingerprint, since: Timestamp, renewal: Renewal) -> Option<Timestamp> {
    let by_age = renewal.period.and_then(|period| {
        // A period that ends after the calendar does never ends.
        since.checked_add(period.checked_sub(jitter(fingerprint, period))?).ok()
    });
    let by_cutoff = renewal.cutoff.filter(|cutoff| since < *cutoff);
    [by_age, by_cutoff].into_iter().flatten().min()
}

fn jitter(fingerprint: Fingerprint, period: SignedDuration) -> SignedDuration {
    let longest = (period / 10).min(LONGEST_JITTER).as_nanos();
    let digits = fingerprint.to_string();
    let digits = digits.chars().take(12).filter_map(|digit| digit.to_digit(16));
    let random = digits.fold(0_i128, |random, digit| random << 4 | i128::from(digit));
    // `random` has 48 bits.
    SignedDuration::from_nanos(i64::try_from((longest * random) >> 48).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::renewal::test_keys::{at, fingerprint};

    #[test]
    fn due_by_age_and_by_cutoff() {
        let never = Renewal { period: None, cutoff: None };
        let hourly = Renewal { period: Some(SignedDuration::from_hours(1)), cutoff: None };
        let cut = |second| Renewal { cutoff: Some(at(second)), ..hourly };
        let cases = [
            ("never", never, None),
            ("by age", hourly, Some(at(4_600))),
            ("cut off", cut(2_000), Some(at(2_000))),
            ("newer than the cut-off", cut(500), Some(at(4_600))),
            ("of the cut-off's second", cut(1_000), Some(at(4_600))),
            ("a cut-off after it is due", cut(9_000), Some(at(4_600))),
            ("cut off, never by age", Renewal { period: None, ..cut(2_000) }, Some(at(2_000))),
            ("longer than time", Renewal { period: Some(SignedDuration::MAX), cutoff: None }, None),
        ];
        for (name, renewal, expected) in cases {
            assert_eq!(due(fingerprint('0'), at(1_000), renewal), expected, "{name}");
        }
    }

    #[test]
    fn jitter_is_early_by_a_tenth_or_a_day() {
        let [hour, year] = [1, 8_760].map(SignedDuration::from_hours);
        assert_eq!(jitter(fingerprint('0'), hour), SignedDuration::ZERO);
        assert!((hour / 10 - jitter(fingerprint('f'), hour)).as_micros() == 0);
        assert_eq!(jitter(fingerprint('8'), hour).as_secs(), 191);
        assert!(jitter(fingerprint('f'), year) < LONGEST_JITTER);
        assert!(jitter(fingerprint('f'), SignedDuration::MAX) < LONGEST_JITTER);
    }
}
