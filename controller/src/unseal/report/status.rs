//! [`next_status`]: what the status says after an outcome. Pure; its table of tests is the contract.
//!
//! `Synced` is True only for `Outcome::Synced`, which `apply` alone makes: after the API server took the Secret, after the existing Secret
//! was compared, or where `read` finds that nothing changed since.
//!
//! Argo CD reads the first condition, `Synced`; kstatus (Flux) reads `Ready`, `Stalled`, `Reconciling` and `observedGeneration`.
//! To add a condition, add its type to `api::Condition` and its value to each arm of [`next_status`].

use crate::unseal::cause::identity::Identity;
use crate::unseal::cause::truncate::truncate;
use crate::unseal::outcome::{Act, Outcome};
use crate::unseal::read::compromise::Compromise;
use crate::unseal::state::memory::{Inputs, Memory};
use api::ConditionStatus::{False, True};
use api::{Condition, LastUnsealed, SealedSecretStatus, TargetStatus};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use std::collections::BTreeSet;

/// The next status. Its times are those of `previous` where nothing changed, and so is its message while the cause of `previous` lasts,
/// where that is known. `compromise` returns the text about the keys that opened the SealedSecret.
pub(crate) fn next_status(
    previous: Option<&SealedSecretStatus>,
    cause: Option<&Identity>,
    inputs: &Inputs,
    outcome: &Outcome,
    compromise: impl FnOnce(Option<&BTreeSet<String>>) -> Option<Compromise>,
    now: Timestamp,
) -> SealedSecretStatus {
    let generation = inputs.generation;
    let (states, reason, message) = match outcome {
        Outcome::Synced { .. } => {
            (vec![(Condition::SYNCED, True), (Condition::READY, True)], "Unsealed", None)
        }
        Outcome::Refused(refusal) => (
            vec![(Condition::SYNCED, False), (Condition::READY, False), (Condition::STALLED, True)],
            refusal.reason(),
            Some(refusal.to_string()),
        ),
        Outcome::Failed(error) => (
            vec![
                (Condition::SYNCED, error.synced()),
                (Condition::READY, False),
                (Condition::RECONCILING, True),
            ],
            error.reason(),
            Some(error.to_string()),
        ),
    };
    let lasts = cause.is_some() && cause == outcome.identity().as_ref();
    let same_spec = previous.filter(|previous| lasts && previous.observed_generation == generation);
    let first = same_spec.and_then(|previous| previous.conditions.first());
    let kept = first.filter(|first| first.reason.as_deref() == Some(reason));
    let message = kept
        .and_then(|condition| condition.message.clone())
        .or_else(|| message.map(|message| truncate(&message)));
    let (target, opened_by) = match outcome {
        Outcome::Synced { resource_version, opened_by, .. } => {
            let target = TargetStatus {
                resource_version: resource_version.clone(),
                scope: inputs.scope.as_str().into(),
                recipients: inputs.recipients.clone(),
                generation,
            };
            (Some(target), opened_by.clone())
        }
        // What the status records of the Secret stays: the Secret is still there.
        Outcome::Refused(_) | Outcome::Failed(_) => {
            previous.map(|status| (status.target.clone(), status.opened_by.clone())).unwrap_or_default()
        }
    };
    let unsealed = match outcome {
        // Known by what was written before: nothing was opened, or the Secret is the same.
        Outcome::Synced { act: Act::Settled, .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
            last_unsealed(previous)
        }
        Outcome::Synced { .. }
            if previous.is_some_and(|previous| is_of_same(previous, target.as_ref(), opened_by.as_ref())) =>
        {
            last_unsealed(previous)
        }
        Outcome::Synced { .. } => opened_by.as_ref().map(|keys| LastUnsealed::now(Time(now), keys)),
    };
    let condition = |type_: &str, status, reason: &str, message| {
        let (type_, reason) = (type_.to_owned(), Some(reason.to_owned()));
        let new =
            Condition { type_, status, reason, message, last_transition_time: None, last_update_time: None };
        dated(new, previous, now)
    };
    let mut conditions: Vec<Condition> =
        states.into_iter().map(|(type_, status)| condition(type_, status, reason, message.clone())).collect();
    let compromised_by = compromise(opened_by.as_ref()).map(|Compromise { message, keys }| {
        conditions.push(condition(Condition::COMPROMISED, True, "KeyRevoked", Some(message)));
        keys
    });
    let is_news = previous.is_none_or(|previous| previous.observed_generation != generation);
    // As in upstream's controller: a program that waits until an edit is processed may read this time only.
    if let Some(synced) = conditions.first_mut().filter(|_| is_news) {
        synced.last_update_time = Some(Time(now));
    }
    let observed_generation = generation;
    SealedSecretStatus { observed_generation, conditions, target, opened_by, unsealed, compromised_by }
}

/// Whether the Secret and the keys are those of before. No other field of the target counts: an earlier definition may drop it from each status,
/// which then would be written again at each start.
fn is_of_same(
    previous: &SealedSecretStatus,
    target: Option<&TargetStatus>,
    opened_by: Option<&BTreeSet<String>>,
) -> bool {
    let version = |target: &TargetStatus| target.resource_version.clone();
    previous.target.as_ref().map(version) == target.map(version) && previous.opened_by.as_ref() == opened_by
}

fn last_unsealed(previous: Option<&SealedSecretStatus>) -> Option<LastUnsealed> {
    previous.and_then(|previous| previous.unsealed.clone())
}

/// Whether the status has to be written: it is new, or the API server has not accepted it yet.
pub(crate) fn must_be_written(memory: &Memory, next: &SealedSecretStatus, outcome: &Outcome) -> bool {
    memory.is_unwritten || is_news(memory.status.as_ref(), next, outcome)
}

/// Whether the status says something else than the previous one. Where nothing was read, the status is known to be right in all but
/// the keys that leaked.
pub(crate) fn is_news(
    previous: Option<&SealedSecretStatus>,
    next: &SealedSecretStatus,
    outcome: &Outcome,
) -> bool {
    let Some(previous) = previous else { return true };
    match outcome {
        Outcome::Synced { act: Act::Settled, .. } => !same_compromise(previous, next),
        _ => !says_the_same(previous, next),
    }
}

fn same_compromise(one: &SealedSecretStatus, other: &SealedSecretStatus) -> bool {
    match (one.condition(Condition::COMPROMISED), other.condition(Condition::COMPROMISED)) {
        (None, None) => true,
        (Some(mark), Some(due)) => mark.message == due.message && one.compromised_by == other.compromised_by,
        _ => false,
    }
}

/// Whether two statuses differ only in their times. When it was unsealed changes only with the Secret and the keys.
fn says_the_same(one: &SealedSecretStatus, other: &SealedSecretStatus) -> bool {
    one.observed_generation == other.observed_generation
        && one.target == other.target
        && one.opened_by == other.opened_by
        && one.compromised_by == other.compromised_by
        && one.conditions.len() == other.conditions.len()
        && one.conditions.iter().zip(&other.conditions).all(|(one, other)| one.says_the_same(other))
}

/// Sets the times of a condition: of the last transition, when its status changed, and of the last update, when anything in it did.
fn dated(condition: Condition, previous: Option<&SealedSecretStatus>, now: Timestamp) -> Condition {
    let previous = previous.and_then(|status| status.condition(&condition.type_));
    let same_status = previous.filter(|previous| previous.status == condition.status);
    let same_text = previous.filter(|previous| previous.says_the_same(&condition));
    let now = Some(Time(now));
    Condition {
        last_transition_time: same_status
            .and_then(|previous| previous.last_transition_time.clone())
            .or_else(|| now.clone()),
        last_update_time: same_text.and_then(|previous| previous.last_update_time.clone()).or(now),
        ..condition
    }
}

#[cfg(test)]
mod tests;
