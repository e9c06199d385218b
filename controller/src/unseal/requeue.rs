//! `next_look`: when to look at an object again without being asked.

use crate::unseal::outcome::{Hindrance, Outcome};
use crate::unseal::report::Reported;
use crate::unseal::state::object_state::Ledger;
use crate::unseal::state::pause::Inputs;
use api::WatchedSealedSecret;
use kube::runtime::controller::Action;
use rand::RngExt as _;
use std::time::{Duration, Instant};

/// Between the first hindrance and the second try.
pub(crate) const FIRST: Duration = Duration::from_millis(500);
/// However long the trouble lasts, it is tried this often.
const LONGEST: Duration = Duration::from_mins(5);

/// Where the cluster is at fault: again and again, ever more rarely. Where the object is, or all is well: when
/// something changes.
pub(crate) fn next_look(
    observed: &WatchedSealedSecret,
    outcome: &Outcome,
    reported: Reported,
    inputs: Inputs,
    ledger: &Ledger,
) -> Action {
    ledger.resume(observed);
    if let Outcome::Hindered(Hindrance::EarlierOwner(_)) = outcome {
        ledger.blocked(observed, Instant::now());
    }
    match (outcome, reported) {
        (_, Reported::Gone) => Action::await_change(),
        (_, Reported::Later(wait)) => Action::requeue(wait),
        // Each edit by another client ends here, and each edit that has to wait. They are no failures in a row: they must not make
        // the wait longer.
        (
            Outcome::Hindered(Hindrance::Contested { wait, .. } | Hindrance::TooManyQuestions { wait }),
            Reported::Yes,
        ) => {
            ledger.go_on(observed);
            Action::requeue(*wait)
        }
        (Outcome::Hindered(_), _) | (_, Reported::NotYet) => {
            let lasted = ledger.hindered(observed, Instant::now());
            let wait = jittered(after(lasted), rand::rng().random_range(0.0..1.0));
            if reported == Reported::Yes {
                ledger.pause(observed, inputs, Instant::now() + wait);
            }
            Action::requeue(wait)
        }
        (Outcome::Refused(_), Reported::Yes) => {
            ledger.refused(observed, inputs);
            Action::await_change()
        }
        (Outcome::Synced { .. }, Reported::Yes) => {
            ledger.go_on(observed);
            Action::await_change()
        }
    }
}

/// How long to wait while trouble has lasted for so long: as long again.
///
/// Left alone, that doubles each time. Instead of a count of failures, because every change that comes in meanwhile is one
/// more try: a few seconds of trouble and a few dozen changes must not end in a wait of minutes.
pub(crate) fn after(trouble: Duration) -> Duration {
    trouble.clamp(FIRST, LONGEST)
}

/// How long to wait before this round, after so many others.
pub(crate) fn delay(before: u32) -> Duration {
    FIRST.checked_mul(2_u32.saturating_pow(before)).map_or(LONGEST, |delay| delay.min(LONGEST))
}

/// Between four fifths and six fifths, so that a thousand objects that failed together do not come back together.
fn jittered(delay: Duration, random: f64) -> Duration {
    delay.mul_f64(0.8 + 0.4 * random)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unseal::decide::plan::Refusal;
    use crate::unseal::outcome::Act;
    use api::Scope;
    use kube::runtime::watcher::Event;

    #[test]
    fn doubles_up_to_minutes_and_never_overflows() {
        let seconds: Vec<f64> = (0..4).map(|before| delay(before).as_secs_f64()).collect();
        assert_eq!(seconds, [0.5, 1.0, 2.0, 4.0]);
        assert_eq!(delay(20), LONGEST);
        assert_eq!(delay(u32::MAX), LONGEST);
    }

    #[test]
    fn as_long_as_the_trouble_and_never_less_or_more() {
        let mut lasted = Duration::ZERO;
        let waits = [0.5, 0.5, 1.0, 2.0, 4.0, 8.0].map(|expected| {
            let wait = after(lasted);
            lasted += wait;
            (wait.as_secs_f64(), expected)
        });
        assert!(waits.iter().all(|(wait, expected)| (wait - expected).abs() < 0.001), "{waits:?}");
        assert_eq!(after(Duration::from_hours(5)), LONGEST);
    }

    fn object() -> WatchedSealedSecret {
        serde_json::from_value(serde_json::json!({ "metadata": { "uid": "u" } })).unwrap()
    }

    fn inputs() -> Inputs {
        Inputs {
            generation: Some(1),
            scope: Scope::Strict,
            correct_drift: true,
            hint: None,
            revoked: false,
            ring_version: 1,
            target_version: None,
        }
    }

    fn synced() -> Outcome {
        Outcome::Synced { resource_version: "7".into(), opened_by: None, act: Act::Written }
    }

    fn ended(ledger: &Ledger, outcome: &Outcome, reported: Reported) -> Action {
        next_look(&object(), outcome, reported, inputs(), ledger)
    }

    /// What once was in the way and is not any more says nothing about what comes next.
    #[test]
    fn a_refusal_and_a_quarrel_end_what_hindered() {
        let refused = Outcome::Refused(Refusal::SealingKey);
        let wait = Duration::from_secs(3);
        let contested = Outcome::Hindered(Hindrance::Contested { name: "a".into(), wait });
        let trouble = Outcome::Hindered(Hindrance::NoAnswer);
        for (outcome, expected) in [(&refused, Action::await_change()), (&contested, Action::requeue(wait))] {
            let ledger = Ledger::default();
            ledger.follow(&Event::Apply(object()));
            ended(&ledger, &trouble, Reported::Yes);
            assert_eq!(ended(&ledger, outcome, Reported::Yes), expected);
            let day = Instant::now() + Duration::from_hours(24);
            assert_eq!(ledger.hindered(&object(), day), Duration::ZERO, "{outcome:?}");
        }
    }

    /// Refused, then something else that could not be said, then as it was when it was refused: that is not what was said last.
    #[test]
    fn a_refusal_holds_only_until_something_else_happens() {
        let refused = Outcome::Refused(Refusal::SealingKey);
        for reported in [Reported::NotYet, Reported::Later(Duration::ZERO), Reported::Yes] {
            let ledger = Ledger::default();
            ledger.follow(&Event::Apply(object()));
            ended(&ledger, &refused, Reported::Yes);
            assert!(ledger.nothing_new(&object(), &inputs()).is_some());
            ended(&ledger, &synced(), reported);
            assert_eq!(ledger.nothing_new(&object(), &inputs()), None, "{reported:?}");
        }
    }

    #[test]
    fn only_an_earlier_owner_is_waited_for_with_patience() {
        let day = Instant::now() + Duration::from_hours(24);
        for (hindrance, expected) in
            [(Hindrance::EarlierOwner("a".into()), true), (Hindrance::Terminating("a".into()), false)]
        {
            let ledger = Ledger::default();
            ledger.follow(&Event::Apply(object()));
            ended(&ledger, &Outcome::Hindered(hindrance), Reported::NotYet);
            assert_eq!(ledger.lost_patience(&object(), day), expected);
        }
    }

    #[test]
    fn jitter_stays_near() {
        assert_eq!(jittered(Duration::from_secs(10), 0.0), Duration::from_secs(8));
        assert!(jittered(Duration::from_secs(10), 0.999) < Duration::from_secs(12));
    }
}
