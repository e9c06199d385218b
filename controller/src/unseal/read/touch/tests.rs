//! Which versions of a Secret count as the same, and when the status names the newest.

use super::*;
use crate::unseal::read::facts::History;
use crate::unseal::read::settled::Recorded;
use crate::unseal::state::memory::{Inputs, Memory};
use crate::unseal::state::secret_writes::WatchPhase;
use serde_json::{Value, json};
use std::sync::Arc;

const WRITTEN: &str = "2026-01-02T03:04:05Z";

fn secret(version: &str, change: &Value) -> ObservedMetadata<Secret> {
    let fields = json!({ "f:data": { "f:v": {} }, "f:type": {} });
    let owner = json!({ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "a", "uid": "u", "controller": true });
    let mut metadata = json!({
        "name": "a", "namespace": "ns", "uid": "s", "resourceVersion": version, "ownerReferences": [owner],
        "managedFields": [{ "manager": "sealed-secrets-controller", "time": WRITTEN, "fieldsV1": fields }],
    });
    metadata.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(json!({ "metadata": metadata })).unwrap()
}

fn seconds_after(seconds: i64) -> Timestamp {
    WRITTEN.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// Since when the Secret counts as the same, if `before` was listed and then `after` was shown at this time.
fn same_since(
    before: &ObservedMetadata<Secret>,
    mut after: ObservedMetadata<Secret>,
    is_event: bool,
    at: i64,
) -> Option<u64> {
    let (mut before, now) = (before.clone(), Instant::now());
    follow(&mut before, None, false, (seconds_after(0), now));
    follow(&mut after, Some(&before), is_event, (seconds_after(at), now));
    after.trace.and_then(|trace| trace.same_since)
}

#[test]
fn a_touch_of_old_content_keeps_the_version_since_which_it_is_the_same() {
    let before = secret("7", &json!({}));
    let label = json!({ "labels": { "argocd.argoproj.io/instance": "shop" } });
    let stripped = json!({ "managedFields": [] });
    for (name, after, is_event, at, expected) in [
        ("encrypted anew", secret("9", &json!({})), true, 60, Some(7)),
        ("a label", secret("9", &label), true, 60, Some(7)),
        ("the content may have been written twice in this second", secret("9", &label), true, 2, Some(9)),
        ("a clock is late", secret("9", &label), true, -60, Some(9)),
        ("a list may leave out versions", secret("9", &label), false, 60, Some(9)),
        ("unless it is the same version", secret("7", &json!({})), false, 60, Some(7)),
        ("created again", secret("9", &json!({ "uid": "other" })), true, 60, Some(9)),
        ("stripped", secret("9", &stripped), true, 60, None),
        ("a version that is no number", secret("x", &label), true, 60, None),
    ] {
        assert_eq!(same_since(&before, after, is_event, at), expected, "{name}");
    }
    assert_eq!(
        same_since(&secret("7", &stripped), secret("9", &json!({})), true, 60),
        Some(9),
        "it was stripped"
    );
}

fn facts(secret: ObservedMetadata<Secret>, template: &Value) -> Facts {
    let sealed = json!({
        "metadata": { "name": "a", "namespace": "ns", "uid": "u", "generation": 1 },
        "spec": { "encryptedData": { "v": "AgA=" }, "template": template },
        "status": {
            "observedGeneration": 1, "conditions": [{ "type": "Synced", "status": "True" }], "openedBy": [],
            "target": { "resourceVersion": "7", "scope": "strict" },
        },
    });
    let sealed: Arc<api::WatchedSealedSecret> = Arc::new(serde_json::from_value(sealed).unwrap());
    let status = sealed.status.as_ref().map(api::KeptStatus::decoded);
    let recorded = Recorded::of(&sealed, status.as_ref());
    Facts {
        memory: Memory { status, ..Memory::default() },
        inputs: Inputs { generation: Some(1), correct_drift: true, ..Inputs::default() },
        ring: Arc::default(),
        likely_keys: Vec::new(),
        watched_secret: Some(Arc::new(secret)),
        unseen_version: None,
        watch_phase: WatchPhase::default(),
        history: History::default(),
        recorded,
        sealed,
    }
}

/// The Secret as it was in version 7, touched since.
fn touched(change: &Value, now: Instant) -> ObservedMetadata<Secret> {
    let (mut before, mut after) = (secret("7", &json!({})), secret("9", change));
    follow(&mut before, None, false, (seconds_after(0), now));
    follow(&mut after, Some(&before), true, (seconds_after(60), now));
    after
}

#[test]
fn the_status_names_the_new_version_after_a_quiet_time() {
    let now = Instant::now();
    let facts = facts(touched(&json!({}), now), &json!({}));
    assert!(facts.is_settled(facts.shown()));
    assert_eq!(facts.touched(), Some(("9", now)));
    let wait = due_in(&facts, now).unwrap();
    assert!((QUIET..2 * QUIET).contains(&wait), "{wait:?}");
    assert_eq!(due_in(&facts, now + wait), Some(Duration::ZERO));
}

/// What the SealedSecret sets still counts as drift, and what is the same version is no touch.
#[test]
fn a_label_that_the_sealed_secret_sets_has_the_secret_read() {
    let (now, template) = (Instant::now(), json!({ "metadata": { "labels": { "app": "shop" } } }));
    for (labels, is_settled) in [
        (json!({ "app": "shop", "theirs": "x" }), true),
        (json!({ "app": "edited" }), false),
        (json!({}), false),
    ] {
        let facts = facts(touched(&json!({ "labels": labels }), now), &template);
        assert_eq!(facts.is_settled(facts.shown()), is_settled, "{labels}");
        assert_eq!(due_in(&facts, now).is_some(), is_settled, "{labels}");
    }
    assert_eq!(due_in(&facts(secret("7", &json!({})), &json!({})), now), None);
    let mut hands_off = facts(touched(&json!({}), now), &json!({}));
    hands_off.inputs.correct_drift = false;
    assert_eq!(due_in(&hands_off, now), None, "the version does not count");
}
