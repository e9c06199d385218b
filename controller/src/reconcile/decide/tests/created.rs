//! The Secret as it is made.

use super::*;

#[test]
fn the_secret_is_named_owned_and_typed() {
    let change = json!({
        "metadata": { "uid": UID },
        "spec": { "template": {
            "type": "kubernetes.io/basic-auth",
            "metadata": { "name": "evil", "namespace": "kube-system", "labels": { "a": "b" },
                          "annotations": { "c": "d" }, "finalizers": ["e/f"], "uid": "g" },
        } },
    });
    let Plan::Create(secret) = decide(&sealed(change), Target::Absent, &ring(), &rules()) else {
        panic!("not created")
    };
    let metadata = serde_json::to_value(&secret.metadata).unwrap();
    assert_eq!(
        metadata,
        json!({
            "name": "name", "namespace": "ns", "labels": { "a": "b" }, "annotations": { "c": "d" },
            "finalizers": ["e/f"],
            "ownerReferences": [{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name",
                                  "uid": UID, "controller": true }],
        })
    );
    assert_eq!(secret.effective_type(), "kubernetes.io/basic-auth");
    assert_eq!(secret.data["password"].expose(), b"hunter2");
}

#[test]
fn a_secret_can_be_left_without_an_owner() {
    let change = json!({ "spec": { "template": { "metadata": {
        "annotations": { SKIP_SET_OWNER_REFERENCES: "true" } } } } });
    let Plan::Create(secret) = decide(&sealed(change), Target::Absent, &ring(), &rules()) else {
        panic!("not created")
    };
    assert_eq!(secret.metadata.owner_references, None);
}
