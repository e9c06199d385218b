//! Which facts settle a SealedSecret.

use super::*;
use api::annotations::{NAMESPACE_WIDE, RECIPIENTS};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const KEY: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn observed(generation: i64, annotations: &Value) -> WatchedSealedSecret {
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

fn is_settled(
    object: &WatchedSealedSecret,
    status: Option<&SealedSecretStatus>,
    target: Option<&ObjectMeta>,
    correct_drift: bool,
) -> bool {
    Recorded::of(object, status).is_settled(target.map(Shown::only), corrects_drift(object, correct_drift))
}

fn target(version: &str) -> ObjectMeta {
    ObjectMeta { resource_version: Some(version.into()), ..ObjectMeta::default() }
}

#[test]
fn only_when_every_fact_agrees() {
    let wide = json!({ NAMESPACE_WIDE: "true" });
    let cases = [
        ("all agree", observed(2, &json!({})), status(2, "True", "strict"), Some(target("7")), true),
        ("spec changed", observed(3, &json!({})), status(2, "True", "strict"), Some(target("7")), false),
        ("scope changed", observed(2, &wide), status(2, "True", "strict"), Some(target("7")), false),
        ("Secret changed", observed(2, &json!({})), status(2, "True", "strict"), Some(target("8")), false),
        ("Secret gone", observed(2, &json!({})), status(2, "True", "strict"), None, false),
        ("not synced", observed(2, &json!({})), status(2, "False", "strict"), Some(target("7")), false),
    ];
    for (name, observed, status, target, expected) in cases {
        assert_eq!(is_settled(&observed, Some(&status), target.as_ref(), true), expected, "{name}");
    }
    assert!(!is_settled(&observed(2, &json!({})), None, Some(&target("7")), true));
}

/// Another client made new versions without changing the content.
#[test]
fn a_touch_settles_between_the_version_recorded_and_the_one_shown() {
    let (object, unsealed) = (observed(2, &json!({})), status(2, "True", "strict"));
    let recorded = Recorded::of(&object, Some(&unsealed));
    for (same_since, version, expected) in [
        (Some(7), "9", true),
        (Some(5), "9", true),
        (Some(5), "7", true),
        (Some(8), "9", false),
        // The watch lags behind the version recorded.
        (Some(5), "6", false),
        (None, "9", false),
        (Some(5), "later", false),
    ] {
        let shown = Shown { version: Some(version), same_since };
        assert_eq!(recorded.is_settled(Some(shown), true), expected, "{same_since:?} {version}");
    }
}

/// An annotation changes no generation.
#[test]
fn other_recipients_settle_nothing() {
    let digest = |object: &WatchedSealedSecret| object.recipients.clone();
    let annotated = |text: &str| observed(2, &json!({ RECIPIENTS: text }));
    let (before, after, none) = (annotated("{}"), annotated("{ }"), observed(2, &json!({})));
    for (object, recorded, expected) in [
        (&before, digest(&before), true),
        (&after, digest(&before), false),
        (&none, digest(&before), false),
        (&before, None, false),
    ] {
        let mut status = status(2, "True", "strict");
        status.target.as_mut().unwrap().recipients = recorded;
        assert_eq!(is_settled(object, Some(&status), Some(&target("7")), true), expected);
    }
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
    assert!(is_settled(&object, Some(&before), Some(&target("7")), false), "but hands off stays hands off");
    let empty = SealedSecretStatus { opened_by: Some(BTreeSet::new()), ..before };
    assert!(is_settled(&object, Some(&empty), Some(&target("7")), true), "there was nothing to open");
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
        ("success, in a status without a generation", &object, failed("True", json!(null)), true, true),
        ("failure, in a status without a generation", &object, failed("False", json!(null)), false, false),
    ] {
        let recorded = Recorded::of(object, Some(&status));
        assert_eq!(recorded.secret_version.is_some(), left, "{name}");
        assert_eq!(recorded.unsealed, known, "{name}");
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
        let recorded = Recorded::of(&observed(2, &json!({})), Some(&left));
        assert_eq!(recorded.is_edited(shown.map(target).as_ref()), expected, "{name}");
    }
    assert!(!Recorded::default().is_edited(Some(&target("8"))), "never written");
}
