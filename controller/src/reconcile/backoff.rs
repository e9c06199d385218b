//! `next_look`: when to look at an object again without being asked.

use super::ledger::{Inputs, Ledger};
use super::outcome::Outcome;
use super::report::Reported;
use api::ObservedSealedSecret;
use kube::runtime::controller::Action;
use rand::RngExt as _;
use std::time::{Duration, Instant};

/// Between the first hindrance and the second try.
const FIRST: Duration = Duration::from_millis(500);
/// However long the trouble lasts, it is tried this often.
const LONGEST: Duration = Duration::from_mins(5);

/// Where the cluster is at fault: again and again, ever more rarely. Where the object is, or all is well: when
/// something changes.
pub(crate) fn next_look(
    observed: &ObservedSealedSecret,
    outcome: &Outcome,
    reported: Reported,
    inputs: Inputs,
    ledger: &Ledger,
) -> Action {
    match (outcome, reported) {
        (_, Reported::Gone) => Action::await_change(),
        (Outcome::Hindered(_), _) | (_, Reported::NotYet) => {
            let before = ledger.count_hindrance(observed);
            let wait = jittered(delay(before), rand::rng().random_range(0.0..1.0));
            if reported == Reported::Yes {
                ledger.pause(observed, inputs, Some(Instant::now() + wait));
            }
            Action::requeue(wait)
        }
        (Outcome::Refused(_), Reported::Yes) => {
            ledger.pause(observed, inputs, None);
            Action::await_change()
        }
        (Outcome::Synced { .. }, Reported::Yes) => {
            ledger.go_on(observed);
            Action::await_change()
        }
    }
}

/// How long to wait after so many failures before this one.
pub(super) fn delay(before: u32) -> Duration {
    FIRST.checked_mul(2_u32.saturating_pow(before)).map_or(LONGEST, |delay| delay.min(LONGEST))
}

/// Between four fifths and six fifths, so that a thousand objects that failed together do not come back together.
fn jittered(delay: Duration, random: f64) -> Duration {
    delay.mul_f64(0.8 + 0.4 * random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_minutes_and_never_overflows() {
        let seconds: Vec<f64> = (0..4).map(|before| delay(before).as_secs_f64()).collect();
        assert_eq!(seconds, [0.5, 1.0, 2.0, 4.0]);
        assert_eq!(delay(20), LONGEST);
        assert_eq!(delay(u32::MAX), LONGEST);
    }

    #[test]
    fn jitter_stays_near() {
        assert_eq!(jittered(Duration::from_secs(10), 0.0), Duration::from_secs(8));
        assert!(jittered(Duration::from_secs(10), 0.999) < Duration::from_secs(12));
    }
}
