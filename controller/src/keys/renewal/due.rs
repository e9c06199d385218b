//! [`next_due`]: when a sealing key is renewed. Pure.
//!
//! - **Jitter** is taken from the key's fingerprint, so that all replicas agree on the date and many clusters installed in
//!   one minute do not renew in one minute. It makes a date earlier, never later: no key gets older than the period.
//! - **The cut-off** is a date like any other: once it has come, a key from before it is renewed. No start of a process is
//!   needed for that, and none repeats it.

use crate::config::keys::Renewal;
use crate::keys::renewal::key_age::SKEW;
use crate::keys::renewal::observed::Observed;
use crate::keys::renewal::schedule::{ActiveKey, Rules, active};
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};

/// Renewal is early by a tenth of the period at most, and by no more than this.
const JITTER: SignedDuration = SignedDuration::from_hours(24);

/// When the key that renewal goes by is renewed; None for never. Where another is newer by the clock that we go by, which is
/// then not the one that dates Secrets, not before that one's date: what was made by our clock is not due yet.
pub(crate) fn next_due(
    seen: &Observed,
    rules: &Rules,
    newest: &ActiveKey<'_>,
    now: Timestamp,
) -> Option<Timestamp> {
    let due = |key: &ActiveKey<'_>| due(key.fingerprint, key.dates.at(now), rules.renewal);
    let is_newer = |key: &ActiveKey<'_>| key.dates.at(now).duration_since(newest.dates.at(now)) > SKEW;
    let newer = active(seen).filter(|key| !key.dates.is_future(now)).filter(is_newer);
    newer.map(|key| due(&key)).fold(due(newest), |latest, due| Some(latest?.max(due?)))
}

/// When a key of this age is renewed; None for never.
fn due(fingerprint: Fingerprint, since: Timestamp, renewal: Renewal) -> Option<Timestamp> {
    let by_age = renewal.period.and_then(|period| {
        // A period beyond the calendar's end never comes.
        since.checked_add(period.checked_sub(jitter(fingerprint, period))?).ok()
    });
    let by_cutoff = renewal.cutoff.filter(|cutoff| since < *cutoff);
    [by_age, by_cutoff].into_iter().flatten().min()
}

/// From nothing up to a tenth of the period.
fn jitter(fingerprint: Fingerprint, period: SignedDuration) -> SignedDuration {
    let window = (period / 10).min(JITTER).as_nanos();
    let digits = fingerprint.to_string();
    let digits = digits.chars().take(12).filter_map(|digit| digit.to_digit(16));
    let draw = digits.fold(0_i128, |draw, digit| draw << 4 | i128::from(digit));
    // At most a day, of which 48 bits are a part.
    SignedDuration::from_nanos(i64::try_from((window * draw) >> 48).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn fingerprint(digit: &str) -> Fingerprint {
        digit.repeat(64).parse().unwrap()
    }

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
            ("a cut-off after its time", cut(9_000), Some(at(4_600))),
            ("cut off, never by age", Renewal { period: None, ..cut(2_000) }, Some(at(2_000))),
            ("longer than time", Renewal { period: Some(SignedDuration::MAX), cutoff: None }, None),
        ];
        for (name, renewal, expected) in cases {
            assert_eq!(due(fingerprint("0"), at(1_000), renewal), expected, "{name}");
        }
    }

    #[test]
    fn jitter_is_early_by_a_tenth_or_a_day() {
        let [hour, year] = [1, 8_760].map(SignedDuration::from_hours);
        assert_eq!(jitter(fingerprint("0"), hour), SignedDuration::ZERO);
        assert!((hour / 10 - jitter(fingerprint("f"), hour)).as_micros() == 0);
        assert_eq!(jitter(fingerprint("8"), hour).as_secs(), 191);
        assert!(jitter(fingerprint("f"), year) < JITTER);
        assert!(jitter(fingerprint("f"), SignedDuration::MAX) < JITTER);
    }
}
