//! `next_renewal`: when a new sealing key is due. Pure: from the newest key's own age, never from the process's.

use crate::config::Renewal;
use jiff::Timestamp;

/// When a new key is due, or None for never. A moment in the past means now.
///
/// `newest` is since when the newest key is one; `start` is when this process started, which matters only for the
/// cut-off: it renews once, at the start.
pub(super) fn next_renewal(newest: Timestamp, renewal: Renewal, start: Timestamp) -> Option<Timestamp> {
    if renewal.cutoff.is_some_and(|cutoff| newest < cutoff && cutoff <= start) {
        return Some(start);
    }
    let period = renewal.period?;
    // A period beyond the calendar's end never comes.
    newest.checked_add(period).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn due_by_age_and_by_cutoff() {
        let never = Renewal { period: None, cutoff: None };
        let hourly = Renewal { period: Some(SignedDuration::from_hours(1)), cutoff: None };
        let cut = |second| Renewal { cutoff: Some(at(second)), ..hourly };
        let cases = [
            ("never", never, None),
            ("by age", hourly, Some(at(4_600))),
            ("cut off", cut(2_000), Some(at(5_000))),
            ("newer than the cut-off", cut(500), Some(at(4_600))),
            ("a cut-off to come", cut(9_000), Some(at(4_600))),
            ("cut off, never by age", Renewal { period: None, ..cut(2_000) }, Some(at(5_000))),
            ("longer than time", Renewal { period: Some(SignedDuration::MAX), cutoff: None }, None),
        ];
        for (name, renewal, expected) in cases {
            assert_eq!(next_renewal(at(1_000), renewal, at(5_000)), expected, "{name}");
        }
    }
}
