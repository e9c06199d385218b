//! `next_status`: what the status should say after an outcome. Pure; the contract is in the table of tests.
//!
//! For people and for programs: Argo CD reads the first condition, `Synced`; kstatus (Flux) reads `Ready`,
//! `Stalled`, `Reconciling` and `observedGeneration`.

use crate::unseal::decide::compromise::Compromise;
use crate::unseal::outcome::Outcome;
use crate::unseal::report::truncate::shorten;
use api::{Condition, ConditionStatus, Scope, SealedSecretStatus, TargetStatus};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use std::collections::BTreeSet;

/// Works out the status. Times are kept from `previous` where nothing changed. `compromise` tells what is to be said about
/// the keys that opened it.
pub(crate) fn next_status(
    previous: Option<&SealedSecretStatus>,
    generation: Option<i64>,
    scope: Scope,
    outcome: &Outcome,
    compromise: impl FnOnce(Option<&BTreeSet<String>>) -> Option<Compromise>,
    now: Timestamp,
) -> SealedSecretStatus {
    // What was left behind, and how, outlives a failure: the Secret does.
    let left = || previous.and_then(|status| status.target.clone());
    let opened_before = || previous.and_then(|status| status.opened_by.clone());
    let (mut said, target, opened_by) = match outcome {
        Outcome::Synced { resource_version, opened_by, .. } => (
            vec![
                say(Condition::SYNCED, ConditionStatus::True, "Unsealed", None),
                say(Condition::READY, ConditionStatus::True, "Unsealed", None),
            ],
            Some(TargetStatus {
                resource_version: resource_version.clone(),
                scope: scope.as_str().into(),
                generation,
            }),
            opened_by.clone(),
        ),
        Outcome::Refused(refusal) => {
            let (reason, message) = (refusal.reason(), shorten(&refusal.to_string()));
            (
                vec![
                    say(Condition::SYNCED, ConditionStatus::False, reason, Some(&message)),
                    say(Condition::READY, ConditionStatus::False, reason, Some(&message)),
                    say(Condition::STALLED, ConditionStatus::True, reason, Some(&message)),
                ],
                left(),
                opened_before(),
            )
        }
        Outcome::Hindered(hindrance) => {
            let (reason, message) = (hindrance.reason(), shorten(&hindrance.to_string()));
            (
                vec![
                    say(Condition::SYNCED, hindrance.synced(), reason, Some(&message)),
                    say(Condition::READY, ConditionStatus::False, reason, Some(&message)),
                    say(Condition::RECONCILING, ConditionStatus::True, reason, Some(&message)),
                ],
                left(),
                opened_before(),
            )
        }
    };
    let compromised_by = compromise(opened_by.as_ref()).map(|Compromise { message, keys }| {
        said.push(say(Condition::COMPROMISED, ConditionStatus::True, "KeyRevoked", Some(&message)));
        keys
    });
    let mut conditions: Vec<Condition> =
        said.into_iter().map(|condition| dated(condition, previous, now)).collect();
    let is_news = previous.is_none_or(|previous| previous.observed_generation != generation);
    // As upstream has it: what waits for an edit to be dealt with may look at this time alone.
    if let Some(synced) = conditions.first_mut().filter(|_| is_news) {
        synced.last_update_time = Some(Time(now));
    }
    SealedSecretStatus { observed_generation: generation, conditions, target, opened_by, compromised_by }
}

/// Whether both say the same, whenever they said it.
pub(crate) fn same_words(one: &SealedSecretStatus, other: &SealedSecretStatus) -> bool {
    one.observed_generation == other.observed_generation
        && one.target == other.target
        && one.opened_by == other.opened_by
        && one.compromised_by == other.compromised_by
        && one.conditions.len() == other.conditions.len()
        && one.conditions.iter().zip(&other.conditions).all(|(one, other)| one.says_the_same(other))
}

fn say(type_: &str, status: ConditionStatus, reason: &str, message: Option<&str>) -> Condition {
    Condition {
        type_: type_.into(),
        status,
        reason: Some(reason.into()),
        message: message.map(Into::into),
        last_transition_time: None,
        last_update_time: None,
    }
}

/// Dates a condition: the transition when its status changed, the update when anything in it did.
fn dated(condition: Condition, previous: Option<&SealedSecretStatus>, now: Timestamp) -> Condition {
    let previous = previous.and_then(|status| status.condition(&condition.type_));
    let same_status = previous.filter(|previous| previous.status == condition.status);
    let same_words = previous.filter(|previous| previous.says_the_same(&condition));
    let now = Some(Time(now));
    Condition {
        last_transition_time: same_status
            .and_then(|previous| previous.last_transition_time.clone())
            .or_else(|| now.clone()),
        last_update_time: same_words.and_then(|previous| previous.last_update_time.clone()).or(now),
        ..condition
    }
}

#[cfg(test)]
mod tests;
