//! `is_settled`: whether the cheap signs alone show that there is nothing to do. Pure.

use crate::unseal::decide::compromise::compromise;
use crate::unseal::outcome::{Act, Outcome};
use api::annotations::CORRECT_DRIFT;
use api::resource_version::is_later;
use api::{Condition, ConditionStatus, Scope, SealedSecretStatus, TargetStatus, WatchedSealedSecret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::KeyRing;

/// True if the status tells of success for this very generation and scope, and the Secret still has the version
/// that was left. After a restart this holds for everything that did not change meanwhile: no key is used, and
/// nothing is read or written.
///
/// Without `correct_drift`, whatever became of the Secret since is no reason to do anything.
pub(crate) fn is_settled(
    observed: &WatchedSealedSecret,
    status: Option<&SealedSecretStatus>,
    target: Option<&ObjectMeta>,
    correct_drift: bool,
) -> bool {
    let Some(left) = left_behind(observed, status) else { return false };
    if !corrects_drift(observed, correct_drift) {
        return true;
    }
    // A status from before it told of keys: opened once more, so that it does.
    status.is_some_and(|status| status.opened_by.is_some())
        && target.is_some_and(|target| target.resource_version.as_ref() == Some(&left.resource_version))
}

/// Whether drift of this object is put right: unless told otherwise for all, or by its own annotation.
pub(crate) fn corrects_drift(observed: &WatchedSealedSecret, for_all: bool) -> bool {
    let annotations = observed.metadata.annotations.as_ref();
    let own = annotations.and_then(|annotations| annotations.get(CORRECT_DRIFT));
    for_all && own.is_none_or(|value| value != "false")
}

/// What is left to say about an object that is settled, if anything is: a key that opened it leaked since, or is known
/// again as sound; or its status is still `owed`. Its Secret is not looked at for that.
pub(crate) fn only_said(
    observed: &WatchedSealedSecret,
    status: Option<&SealedSecretStatus>,
    ring: &KeyRing,
    owed: bool,
) -> Option<Outcome> {
    let (status, left) = (status?, left_behind(observed, status)?);
    let is_said = match compromise(observed, Some(status), status.opened_by.as_ref(), ring) {
        Some(due) => due.is_said_by(status),
        None => status.condition(Condition::COMPROMISED).is_none(),
    };
    (owed || !is_said).then(|| Outcome::Synced {
        resource_version: left.resource_version.clone(),
        opened_by: status.opened_by.clone(),
        act: Act::Found,
    })
}

/// What was left behind, if the status tells of success for this very generation and scope.
pub(crate) fn left_behind<'a>(
    observed: &WatchedSealedSecret,
    status: Option<&'a SealedSecretStatus>,
) -> Option<&'a TargetStatus> {
    let status = status?;
    let told = is_synced(status) && status.observed_generation == observed.metadata.generation;
    left_before(observed, Some(status)).filter(|_| told)
}

/// What was left behind for this very generation and scope, whatever the status tells of since.
pub(crate) fn left_before<'a>(
    observed: &WatchedSealedSecret,
    status: Option<&'a SealedSecretStatus>,
) -> Option<&'a TargetStatus> {
    let scope = Scope::of(observed.metadata.annotations.as_ref());
    let left = status?.target.as_ref().filter(|left| left.scope == scope.as_str());
    left.filter(|_| was_unsealed(observed, status))
}

/// Whether the status tells that this very generation was unsealed once; also where a CustomResourceDefinition of upstream's
/// lets it remember no more than its last success.
pub(crate) fn was_unsealed(observed: &WatchedSealedSecret, status: Option<&SealedSecretStatus>) -> bool {
    let unsealed = status.and_then(|status| match &status.target {
        _ if is_synced(status) => status.observed_generation,
        // A failure leaves it as it was: the Secret is still there.
        target => target.as_ref().and_then(|target| target.generation),
    });
    unsealed.is_some() && unsealed == observed.metadata.generation
}

/// Whether the Secret has surely been written since it was left, if only by what the watch shows, which may lag behind.
pub(crate) fn is_edited(status: Option<&SealedSecretStatus>, target: Option<&ObjectMeta>) -> bool {
    let left = status.and_then(|status| status.target.as_ref()).map(|left| left.resource_version.as_str());
    is_later(target.and_then(|target| target.resource_version.as_deref()), left)
}

fn is_synced(status: &SealedSecretStatus) -> bool {
    status.condition(Condition::SYNCED).is_some_and(|condition| condition.status == ConditionStatus::True)
}

#[cfg(test)]
mod tests;
