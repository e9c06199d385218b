//! The main table: the existing objects, and the plan.

use super::*;

/// The word for the plan, where `change` is merged over the SealedSecret, and there is this Secret.
fn planned(change: &Value, target: Target) -> String {
    let unsealed = Given { unsealed: true, ..given() };
    word(&decide(&sealed(change.clone()), target, &ring(), &unsealed))
}

#[test]
fn without_a_secret() {
    let data = |value: Value| json!({ "spec": { "encryptedData": { "password": value } } });
    for (name, change, expected) in [
        ("first unseal", json!({}), "create"),
        ("no items", data(json!(null)), "create"),
        ("wrong shape", data(json!(5)), "refuse InvalidSpec"),
        ("not base64", data(json!("%%%")), "refuse UnsealFailed"),
        ("another name", json!({ "metadata": { "name": "other" } }), "refuse NoKeyOpens"),
        ("another namespace", json!({ "metadata": { "namespace": "other" } }), "refuse NoKeyOpens"),
        (
            "scope widened by hand",
            json!({ "metadata": { "annotations": { NAMESPACE_WIDE: "true" } } }),
            "refuse UnsealFailed",
        ),
        ("templates", json!({ "spec": { "template": { "data": { "x": "{{ .password }}" } } } }), "create"),
        ("deprecated form", json!({ "spec": { "data": "AAAA" } }), "refuse UnsealFailed"),
    ] {
        assert_eq!(planned(&change, Target::Absent), expected, "{name}");
    }
}

#[test]
fn with_a_secret() {
    let wrong = json!({ "password": "eA==" });
    let owned = |owners: Value| json!({ "metadata": { "ownerReferences": owners } });
    let annotated = |annotation: &str, value: &str, more: Value| {
        let metadata = json!({ "ownerReferences": null, "annotations": { annotation: value } });
        let mut secret = json!({ "metadata": metadata });
        merge(&mut secret, more);
        secret
    };
    let uncontrolled =
        json!([{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name", "uid": UID }]);
    let another =
        json!([{ "apiVersion": "v1", "kind": "ConfigMap", "name": "name", "uid": "x", "controller": true }]);
    for (name, change, expected) in [
        ("as it should be", json!({}), "Found 7"),
        ("value changed", json!({ "data": wrong }), "replace"),
        ("value added by hand", json!({ "data": { "more": "eA==" } }), "replace"),
        ("value removed by hand", json!({ "data": null }), "replace"),
        ("no owner", owned(json!(null)), "refuse Unmanaged"),
        ("owned, but not controlled", owned(uncontrolled), "refuse Unmanaged"),
        ("another owner", owned(another), "refuse Unmanaged"),
        ("earlier SealedSecret of this name", owned(owner_without_uid()), "wait"),
        (
            "Secret being deleted",
            json!({ "metadata": { "deletionTimestamp": "2030-01-01T00:00:00Z" } }),
            "wait",
        ),
        ("managed: taken over", annotated(MANAGED, "true", json!({})), "replace"),
        ("managed by another word than true", annotated(MANAGED, "yes", json!({})), "refuse Unmanaged"),
        (
            "patch: something to add",
            annotated(PATCH, "true", json!({ "data": { "password": "eA==", "theirs": "eA==" } })),
            "replace",
        ),
        (
            "patch: nothing to add",
            annotated(PATCH, "true", json!({ "data": { "theirs": "eA==" } })),
            "Found 7",
        ),
        (
            "patch into another type",
            annotated(PATCH, "true", json!({ "type": "example.com/theirs" })),
            "Found 7",
        ),
        (
            "managed and immutable",
            annotated(MANAGED, "true", json!({ "immutable": true, "data": wrong })),
            "refuse Immutable",
        ),
        ("another type", json!({ "type": "kubernetes.io/tls" }), "refuse TypeChange"),
        ("immutable by another client", json!({ "immutable": true }), "Found 7"),
        (
            "immutable by another client, and wrong",
            json!({ "immutable": true, "data": wrong }),
            "refuse Immutable",
        ),
    ] {
        assert_eq!(planned(&json!({}), existing(change)), expected, "{name}");
    }
}

#[test]
fn with_a_secret_and_a_sealed_secret_that_asks_for_more() {
    let immutable = |value: bool| json!({ "spec": { "template": { "immutable": value } } });
    let labelled = json!({ "spec": { "template": { "metadata": { "labels": { "app": "shop" } } } } });
    let deleted = json!({ "metadata": { "deletionTimestamp": "2030-01-01T00:00:00Z" } });
    let wrong = json!({ "immutable": true, "data": { "password": "eA==" } });
    for (name, change, target, expected) in [
        ("being deleted", &deleted, json!({}), "nothing"),
        ("label wanted", &labelled, json!({}), "replace"),
        ("label there", &labelled, json!({ "metadata": { "labels": { "app": "shop" } } }), "Found 7"),
        ("made immutable", &immutable(true), json!({}), "replace"),
        ("immutable and right", &immutable(true), json!({ "immutable": true }), "Found 7"),
        ("immutable and wrong", &immutable(true), wrong, "refuse Immutable"),
        ("mutable again", &immutable(false), json!({ "immutable": true }), "refuse Immutable"),
    ] {
        assert_eq!(planned(change, existing(target)), expected, "{name}");
    }
}

/// What is not read is not opened, and what another client reverts each time is not written before its time.
#[test]
fn what_is_settled_stays_and_what_is_contested_waits() {
    let observed = sealed(json!({}));
    let mut facts = facts(&observed, &ring(), &given());
    facts.recorded.secret_version = Some("7".into());
    facts.memory.status = Some(serde_json::from_value(json!({ "openedBy": ["a"] })).unwrap());
    let plan = decide_settled(&facts);
    assert_eq!(word(&plan), "Settled 7");
    let Plan::Leave(Outcome::Synced { opened_by, .. }) = plan else { panic!("{plan:?}") };
    assert_eq!(opened_by, Some(BTreeSet::from(["a".to_owned()])));
    facts.memory.correction_delay = Some(Duration::from_secs(3));
    for (drift, expected) in [(true, "wait"), (false, "create")] {
        facts.history.drift = drift;
        let plan = decide_on(&facts, &observed, Target::Absent, &given());
        assert_eq!(word(&plan), expected);
    }
}
