//! `is_settled`: whether the cheap signs alone show that there is nothing to do. Pure.

use api::{Condition, ConditionStatus, ObservedSealedSecret, Scope, SealedSecretStatus, TargetStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

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
    !correct_drift
        || target.is_some_and(|target| target.resource_version.as_ref() == Some(&left.resource_version))
}

/// What was left behind, if the status tells of success for this very generation and scope.
pub(crate) fn left_behind<'a>(
    observed: &ObservedSealedSecret,
    status: Option<&'a SealedSecretStatus>,
) -> Option<&'a TargetStatus> {
    let status = status?;
    let synced = status.conditions.first().is_some_and(|condition| {
        condition.type_ == Condition::SYNCED && condition.status == ConditionStatus::True
    });
    let as_it_is = synced
        && observed.metadata.generation.is_some()
        && status.observed_generation == observed.metadata.generation;
    let scope = Scope::of(observed.metadata.annotations.as_ref());
    status.target.as_ref().filter(|left| as_it_is && left.scope == scope.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::annotations::NAMESPACE_WIDE;
    use serde_json::{Value, json};

    fn observed(generation: i64, annotations: &Value) -> ObservedSealedSecret {
        let metadata = json!({ "name": "a", "generation": generation, "annotations": annotations });
        serde_json::from_value(json!({ "metadata": metadata, "spec": { "encryptedData": {} } })).unwrap()
    }

    fn status(generation: i64, synced: &str, scope: &str) -> SealedSecretStatus {
        serde_json::from_value(json!({
            "observedGeneration": generation,
            "conditions": [{ "type": "Synced", "status": synced }],
            "target": { "resourceVersion": "7", "scope": scope },
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
}
