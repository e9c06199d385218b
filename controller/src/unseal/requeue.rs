//! [`requeue`]: when a SealedSecret is reconciled again, if nothing triggers that before.

use crate::process::backoff::{Backoff, jittered};
use crate::unseal::cause::transient::Transient;
use crate::unseal::outcome::Outcome;
use crate::unseal::queue::action::Action;
use crate::unseal::report::Reported;
use crate::unseal::state::memory::Inputs;
use crate::unseal::state::object_states::ObjectStates;
use api::WatchedSealedSecret;
use std::time::{Duration, Instant};

const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_mins(5));

/// After a transient error, with growing delays, while it lasts. After a refusal or a success, when something changes.
pub(crate) fn requeue(
    sealed: &WatchedSealedSecret,
    outcome: &Outcome,
    reported: Reported,
    inputs: Inputs,
    states: &ObjectStates,
) -> Action {
    let now = Instant::now();
    states.forget_reported(sealed);
    if let Outcome::Failed(Transient::EarlierOwner(_)) = outcome {
        states.blocked(sealed, now);
    }
    match (outcome, reported) {
        (_, Reported::Gone) => Action::await_change(),
        (_, Reported::Contested(delay)) => Action::requeue(delay),
        (_, Reported::Touched(delay)) => {
            states.forget_failures(sealed);
            Action::requeue(delay)
        }
        // The watch usually shows the change, which triggers a reconciliation.
        (_, Reported::Conflict) => {
            Action::requeue(BACKOFF.after_lasting(states.status_conflict(sealed, now)))
        }
        // Each edit by another client ends here, and each edit that has to wait. They are no failures in a row, and must not make
        // the delays longer.
        (
            Outcome::Failed(Transient::Contested { wait, .. } | Transient::RateLimited { wait }),
            Reported::Yes,
        ) => {
            states.forget_failures(sealed);
            Action::requeue(*wait)
        }
        (Outcome::Failed(_), _) | (_, Reported::No) => {
            let delay = jittered(BACKOFF.after_lasting(states.failed(sealed, now)));
            if reported == Reported::Yes {
                states.reported(sealed, inputs, Some(now + delay));
            }
            Action::requeue(delay)
        }
        (Outcome::Refused(_), Reported::Yes) => {
            states.forget_failures(sealed);
            states.reported(sealed, inputs, None);
            Action::await_change()
        }
        (Outcome::Synced { .. }, Reported::Yes) => {
            states.forget_failures(sealed);
            Action::await_change()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unseal::cause::refusal::Refusal;
    use crate::unseal::outcome::Act;
    use kube::runtime::watcher::Event;

    fn object() -> WatchedSealedSecret {
        serde_json::from_value(serde_json::json!({ "metadata": { "uid": "u" } })).unwrap()
    }

    fn synced() -> Outcome {
        Outcome::Synced { resource_version: "7".into(), opened_by: None, act: Act::Written }
    }

    fn ended(states: &ObjectStates, outcome: &Outcome, reported: Reported) -> Action {
        requeue(&object(), outcome, reported, Inputs::default(), states)
    }

    /// An error that has passed does not delay what comes next.
    #[test]
    fn a_refusal_and_a_conflict_end_a_transient_error() {
        let refused = Outcome::Refused(Refusal::SealingKey);
        let wait = Duration::from_secs(3);
        let contested = Outcome::Failed(Transient::Contested { name: "a".into(), editor: None, wait });
        let trouble = Outcome::Failed(Transient::NoAnswer);
        let blocked = Outcome::Failed(Transient::EarlierOwner("a".into()));
        for (outcome, expected) in [(&refused, Action::await_change()), (&contested, Action::requeue(wait))] {
            let states = ObjectStates::default();
            states.follow(&Event::Apply(object()));
            ended(&states, &trouble, Reported::Yes);
            ended(&states, &blocked, Reported::Yes);
            assert_eq!(ended(&states, outcome, Reported::Yes), expected);
            let day = Instant::now() + Duration::from_hours(24);
            assert!(!states.recall(&object(), day).is_collector_late, "{outcome:?}");
            assert_eq!(states.failed(&object(), day), Duration::ZERO, "{outcome:?}");
        }
    }

    /// A refusal, then another outcome that could not be reported, then the inputs of the refusal: the status does not say it.
    #[test]
    fn a_refusal_holds_only_until_something_else_happens() {
        let refused = Outcome::Refused(Refusal::SealingKey);
        for reported in [Reported::No, Reported::Conflict, Reported::Contested(Duration::ZERO), Reported::Yes]
        {
            let states = ObjectStates::default();
            states.follow(&Event::Apply(object()));
            ended(&states, &refused, Reported::Yes);
            assert!(states.already_reported(&object(), &Inputs::default(), Instant::now()).is_some());
            ended(&states, &synced(), reported);
            assert_eq!(
                states.already_reported(&object(), &Inputs::default(), Instant::now()),
                None,
                "{reported:?}"
            );
        }
    }

    #[test]
    fn only_the_secret_of_a_deleted_sealed_secret_makes_the_collector_late() {
        let day = Instant::now() + Duration::from_hours(24);
        for (error, expected) in
            [(Transient::EarlierOwner("a".into()), true), (Transient::Terminating("a".into()), false)]
        {
            let states = ObjectStates::default();
            states.follow(&Event::Apply(object()));
            ended(&states, &Outcome::Failed(error), Reported::No);
            assert_eq!(states.recall(&object(), day).is_collector_late, expected);
        }
    }
}
