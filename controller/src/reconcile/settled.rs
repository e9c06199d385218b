//! `is_settled`: whether the cheap signs alone show that there is nothing to do. Pure.

use super::compromise::compromise;
use super::outcome::{Act, Outcome};
use super::version::is_later;
use api::annotations::CORRECT_DRIFT;
use api::{Condition, ConditionStatus, ObservedSealedSecret, Scope, SealedSecretStatus, TargetStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::KeyRing;

/// True if the status tells of success for this very generation and scope, and the Secret still has the version
/// that was left. After a restart this holds for everything that did not change meanwhile: no key is used, and
/// nothing is read or written.
///
/// Without `correct_drift`, whatever became of the Secret since is no reason to do anything.
pub(crate) fn is_settled(
    observed: &ObservedSealedSecret,
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
pub(crate) fn corrects_drift(observed: &ObservedSealedSecret, for_all: bool) -> bool {
    let annotations = observed.metadata.annotations.as_ref();
    let own = annotations.and_then(|annotations| annotations.get(CORRECT_DRIFT));
    for_all && own.is_none_or(|value| value != "false")
}

/// What is left to say about an object that is settled, if anything is: a key that opened it leaked since, or is known
/// again as sound; or its status is still `owed`. Its Secret is not looked at for that.
pub(crate) fn only_said(
    observed: &ObservedSealedSecret,
    status: Option<&SealedSecretStatus>,
    ring: &KeyRing,
    owed: bool,
) -> Option<Outcome> {
    let (status, left) = (status?, left_behind(observed, status)?);
    let said = status.condition(Condition::COMPROMISED).and_then(|condition| condition.message.clone());
    let due = compromise(observed, Some(status), status.opened_by.as_ref(), ring);
    (owed || due != said).then(|| Outcome::Synced {
        resource_version: left.resource_version.clone(),
        opened_by: status.opened_by.clone(),
        act: Act::Found,
    })
}

/// What was left behind, if the status tells of success for this very generation and scope.
pub(crate) fn left_behind<'a>(
    observed: &ObservedSealedSecret,
    status: Option<&'a SealedSecretStatus>,
) -> Option<&'a TargetStatus> {
    let status = status?;
    let told = is_synced(status) && status.observed_generation == observed.metadata.generation;
    left_before(observed, Some(status)).filter(|_| told)
}

/// What was left behind for this very generation and scope, whatever the status tells of since.
pub(crate) fn left_before<'a>(
    observed: &ObservedSealedSecret,
    status: Option<&'a SealedSecretStatus>,
) -> Option<&'a TargetStatus> {
    let scope = Scope::of(observed.metadata.annotations.as_ref());
    let left = status?.target.as_ref().filter(|left| left.scope == scope.as_str());
    left.filter(|_| was_unsealed(observed, status))
}

/// Whether the status tells that this very generation was unsealed once; also where a CustomResourceDefinition of upstream's
/// lets it remember no more than its last success.
pub(crate) fn was_unsealed(observed: &ObservedSealedSecret, status: Option<&SealedSecretStatus>) -> bool {
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
mod tests {
    use super::*;
    use api::annotations::NAMESPACE_WIDE;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    const KEY: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn observed(generation: i64, annotations: &Value) -> ObservedSealedSecret {
        let metadata = json!({ "name": "a", "generation": generation, "annotations": annotations });
        serde_json::from_value(json!({ "metadata": metadata, "spec": { "encryptedData": {} } })).unwrap()
    }

    fn status(generation: i64, synced: &str, scope: &str) -> SealedSecretStatus {
        serde_json::from_value(json!({
            "observedGeneration": generation,
            "conditions": [{ "type": "Synced", "status": synced }],
            "target": { "resourceVersion": "7", "scope": scope },
            "openedBy": [KEY],
        }))
        .unwrap()
    }

    fn target(version: &str) -> ObjectMeta {
        ObjectMeta { resource_version: Some(version.into()), ..ObjectMeta::default() }
    }

    #[test]
    fn only_when_every_sign_agrees() {
        let wide = json!({ NAMESPACE_WIDE: "true" });
        let cases = [
            ("all agree", observed(2, &json!({})), status(2, "True", "strict"), Some(target("7")), true),
            ("spec changed", observed(3, &json!({})), status(2, "True", "strict"), Some(target("7")), false),
            ("scope changed", observed(2, &wide), status(2, "True", "strict"), Some(target("7")), false),
            (
                "Secret changed",
                observed(2, &json!({})),
                status(2, "True", "strict"),
                Some(target("8")),
                false,
            ),
            ("Secret gone", observed(2, &json!({})), status(2, "True", "strict"), None, false),
            ("not synced", observed(2, &json!({})), status(2, "False", "strict"), Some(target("7")), false),
        ];
        for (name, observed, status, target, expected) in cases {
            assert_eq!(is_settled(&observed, Some(&status), target.as_ref(), true), expected, "{name}");
        }
        assert!(!is_settled(&observed(2, &json!({})), None, Some(&target("7")), true));
    }

    #[test]
    fn upstreams_status_settles_nothing() {
        let upstreams = SealedSecretStatus { target: None, ..status(2, "True", "strict") };
        assert!(!is_settled(&observed(2, &json!({})), Some(&upstreams), Some(&target("7")), true));
    }

    #[test]
    fn hands_off_means_whatever_became_of_it() {
        let (object, unsealed) = (observed(2, &json!({})), status(2, "True", "strict"));
        for target in [None, Some(target("8"))] {
            assert!(is_settled(&object, Some(&unsealed), target.as_ref(), false));
        }
        assert!(!is_settled(&observed(3, &json!({})), Some(&unsealed), None, false), "the spec changed");
    }

    #[test]
    fn the_annotation_means_hands_off_for_one() {
        let unsealed = status(2, "True", "strict");
        for (value, settled) in [("false", true), ("true", false), ("no", false), ("", false)] {
            let object = observed(2, &json!({ CORRECT_DRIFT: value }));
            for target in [None, Some(target("8"))] {
                assert_eq!(is_settled(&object, Some(&unsealed), target.as_ref(), true), settled, "{value}");
                assert!(is_settled(&object, Some(&unsealed), target.as_ref(), false), "{value}: off for all");
            }
            let changed = observed(3, &json!({ CORRECT_DRIFT: value }));
            assert!(!is_settled(&changed, Some(&unsealed), None, true), "{value}: the spec changed");
        }
    }

    #[test]
    fn a_status_from_before_is_completed_once() {
        let object = observed(2, &json!({}));
        let before = SealedSecretStatus { opened_by: None, ..status(2, "True", "strict") };
        assert!(!is_settled(&object, Some(&before), Some(&target("7")), true));
        assert!(
            is_settled(&object, Some(&before), Some(&target("7")), false),
            "but hands off stays hands off"
        );
        let empty = SealedSecretStatus { opened_by: Some(BTreeSet::new()), ..before };
        assert!(is_settled(&object, Some(&empty), Some(&target("7")), true), "there was nothing to open");
    }

    #[test]
    fn a_mark_that_is_due_or_overdue_is_all_that_is_left_to_say() {
        let revoking = KeyRing::default().revoking(BTreeSet::from([KEY.parse().unwrap()]));
        let object = observed(2, &json!({}));
        let plain = status(2, "True", "strict");
        let message = compromise(&object, None, plain.opened_by.as_ref(), &revoking);
        let mark = json!({ "type": "Compromised", "status": "True", "message": message });
        let mut marked = plain.clone();
        marked.conditions.push(serde_json::from_value(mark).unwrap());
        let mut overdue = marked.clone();
        overdue.opened_by = Some(BTreeSet::from(["b".repeat(64)]));
        let cases = [
            ("sound", &plain, KeyRing::default(), false),
            ("due", &plain, revoking.clone(), true),
            ("said", &marked, revoking, false),
            ("said, and the key's Secret is gone since", &marked, KeyRing::default(), false),
            ("overdue: no key of now", &overdue, KeyRing::default(), true),
        ];
        for (name, status, ring, expected) in cases {
            let outcome = only_said(&object, Some(status), &ring, false);
            assert_eq!(outcome.is_some(), expected, "{name}");
            assert!(only_said(&object, Some(status), &ring, true).is_some(), "{name}: owed");
            if let Some(Outcome::Synced { resource_version, opened_by, act }) = outcome {
                assert_eq!((resource_version.as_str(), act), ("7", Act::Found), "{name}");
                assert_eq!(opened_by, status.opened_by, "{name}");
            }
        }
    }

    /// A leader that starts anew knows only what the status says. The correction of an edit failed; and what is random stays.
    #[test]
    fn a_failure_does_not_make_it_forget_what_it_left() {
        let failed = |synced, generation: Value| {
            let target = json!({ "resourceVersion": "7", "scope": "strict", "generation": generation });
            SealedSecretStatus { target: serde_json::from_value(target).unwrap(), ..status(2, synced, "") }
        };
        let (object, wide) = (observed(2, &json!({})), observed(2, &json!({ NAMESPACE_WIDE: "true" })));
        for (name, object, status, left, known) in [
            ("the cluster was in the way", &object, failed("Unknown", json!(2)), true, true),
            ("it was refused", &object, failed("False", json!(2)), true, true),
            ("only an earlier one was unsealed", &object, failed("False", json!(1)), false, false),
            ("under another scope", &wide, failed("False", json!(2)), false, true),
            ("success", &object, failed("True", json!(2)), true, true),
            ("success, as told before generations were", &object, failed("True", json!(null)), true, true),
            ("failure, as told before generations were", &object, failed("False", json!(null)), false, false),
        ] {
            assert_eq!(left_before(object, Some(&status)).is_some(), left, "{name}");
            assert_eq!(was_unsealed(object, Some(&status)), known, "{name}");
            let settled = is_settled(object, Some(&status), Some(&target("7")), true);
            assert_eq!(settled, name.starts_with("success"), "{name}");
        }
    }

    #[test]
    fn only_what_is_surely_later_is_an_edit() {
        let left = status(2, "Unknown", "strict");
        for (name, shown, expected) in [
            ("as it was left", Some("7"), false),
            ("the watch lags behind", Some("6"), false),
            ("gone, or not shown yet", None, false),
            ("edited", Some("8"), true),
        ] {
            assert_eq!(is_edited(Some(&left), shown.map(target).as_ref()), expected, "{name}");
        }
        assert!(!is_edited(None, Some(&target("8"))), "never left");
    }
}
