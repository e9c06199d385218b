//! The main table: what is there, and what is to be done.

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "a table is as long as its cases")]
fn the_table() {
    let nothing = || json!({});
    let immutable = json!({ "spec": { "template": { "immutable": true } } });
    let labelled = json!({ "spec": { "template": { "metadata": { "labels": { "app": "shop" } } } } });
    let cases: Vec<(&str, ObservedSealedSecret, Target, &str)> = vec![
        ("first unseal", sealed(nothing()), Target::Absent, "create"),
        (
            "no items",
            sealed(json!({ "spec": { "encryptedData": { "password": null } } })),
            Target::Absent,
            "create",
        ),
        ("as it should be", sealed(nothing()), existing(nothing()), "keep 7"),
        (
            "being deleted",
            sealed(json!({ "metadata": { "deletionTimestamp": "2030-01-01T00:00:00Z" } })),
            existing(nothing()),
            "nothing",
        ),
        (
            "wrong shape",
            sealed(json!({ "spec": { "encryptedData": { "password": 5 } } })),
            Target::Absent,
            "refuse InvalidSpec",
        ),
        ("value changed", sealed(nothing()), existing(json!({ "data": { "password": "eA==" } })), "replace"),
        (
            "value added by hand",
            sealed(nothing()),
            existing(json!({ "data": { "more": "eA==" } })),
            "replace",
        ),
        ("value removed by hand", sealed(nothing()), existing(json!({ "data": null })), "replace"),
        ("label wanted", sealed(labelled.clone()), existing(nothing()), "replace"),
        (
            "label there",
            sealed(labelled),
            existing(json!({ "metadata": { "labels": { "app": "shop" } } })),
            "keep 7",
        ),
        (
            "no owner",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null } })),
            "refuse Unmanaged",
        ),
        (
            "owned, but not controlled",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": [{
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name", "uid": UID }] } })),
            "refuse Unmanaged",
        ),
        (
            "another owner",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": [{
                "apiVersion": "v1", "kind": "ConfigMap", "name": "name", "uid": "x", "controller": true }] } })),
            "refuse Unmanaged",
        ),
        (
            "earlier SealedSecret of this name",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": owner_without_uid() } })),
            "wait",
        ),
        (
            "Secret being deleted",
            sealed(nothing()),
            existing(json!({ "metadata": { "deletionTimestamp": "2030-01-01T00:00:00Z" } })),
            "wait",
        ),
        (
            "managed: taken over",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { MANAGED: "true" } } })),
            "replace",
        ),
        (
            "managed by another word than true",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { MANAGED: "yes" } } })),
            "refuse Unmanaged",
        ),
        (
            "patch: something to add",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { PATCH: "true" } },
                             "data": { "password": "eA==", "theirs": "eA==" } })),
            "replace",
        ),
        (
            "patch: nothing to add",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { PATCH: "true" } },
                             "data": { "theirs": "eA==" } })),
            "keep 7",
        ),
        (
            "patch into another type",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { PATCH: "true" } },
                             "type": "example.com/theirs" })),
            "keep 7",
        ),
        (
            "managed and immutable",
            sealed(nothing()),
            existing(json!({ "metadata": { "ownerReferences": null, "annotations": { MANAGED: "true" } },
                             "immutable": true, "data": { "password": "eA==" } })),
            "refuse Immutable",
        ),
        (
            "another type",
            sealed(nothing()),
            existing(json!({ "type": "kubernetes.io/tls" })),
            "refuse TypeChange",
        ),
        ("made immutable", sealed(immutable.clone()), existing(nothing()), "replace"),
        ("immutable and right", sealed(immutable.clone()), existing(json!({ "immutable": true })), "keep 7"),
        (
            "immutable and wrong",
            sealed(immutable),
            existing(json!({ "immutable": true, "data": { "password": "eA==" } })),
            "refuse Immutable",
        ),
        ("immutable by another client", sealed(nothing()), existing(json!({ "immutable": true })), "keep 7"),
        (
            "immutable by another client, and wrong",
            sealed(nothing()),
            existing(json!({ "immutable": true, "data": { "password": "eA==" } })),
            "refuse Immutable",
        ),
        (
            "mutable again",
            sealed(json!({ "spec": { "template": { "immutable": false } } })),
            existing(json!({ "immutable": true })),
            "refuse Immutable",
        ),
        (
            "not base64",
            sealed(json!({ "spec": { "encryptedData": { "password": "%%%" } } })),
            Target::Absent,
            "refuse UnsealFailed",
        ),
        (
            "another name",
            sealed(json!({ "metadata": { "name": "other" } })),
            Target::Absent,
            "refuse NoKeyOpens",
        ),
        (
            "another namespace",
            sealed(json!({ "metadata": { "namespace": "other" } })),
            Target::Absent,
            "refuse NoKeyOpens",
        ),
        (
            "scope widened by hand",
            sealed(json!({ "metadata": { "annotations": { NAMESPACE_WIDE: "true" } } })),
            Target::Absent,
            "refuse UnsealFailed",
        ),
        (
            "templates",
            sealed(json!({ "spec": { "template": { "data": { "x": "{{ .password }}" } } } })),
            Target::Absent,
            "create",
        ),
        (
            "deprecated form",
            sealed(json!({ "spec": { "data": "AAAA" } })),
            Target::Absent,
            "refuse UnsealFailed",
        ),
    ];
    for (name, sealed, target, expected) in cases {
        let unsealed = Given { unsealed: true, ..given() };
        assert_eq!(word(&decide(&sealed, target, &ring(), &unsealed)), expected, "{name}");
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
    assert!(matches!(&plan, Plan::Settled { opened_by: Some(keys), .. } if keys.contains("a")), "{plan:?}");
    assert_eq!(word(&plan), "settled 7");
    facts.memory.correction_delay = Some(Duration::from_secs(3));
    for (drift, expected) in [(true, "wait"), (false, "create")] {
        facts.history.drift = drift;
        let plan = decide_on(&facts, &observed, Target::Absent, &given());
        assert_eq!(word(&plan), expected);
    }
}
