//! The fields of a Secret that is created.

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
    let secret = created(decide(&sealed(change), Target::Absent, &ring(), &given()));
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
    let secret = created(decide(&sealed(change), Target::Absent, &ring(), &given()));
    assert_eq!(secret.metadata.owner_references, None);
}

#[test]
fn the_templates_owners_count_only_instead_of_the_sealed_secret() {
    let owner = json!({ "apiVersion": "v1", "kind": "ConfigMap", "name": "c", "uid": "x" });
    for (skip, kind) in [("true", "ConfigMap"), ("false", "SealedSecret")] {
        let change = json!({ "spec": { "template": { "metadata": {
            "annotations": { SKIP_SET_OWNER_REFERENCES: skip }, "ownerReferences": [owner] } } } });
        let secret = created(decide(&sealed(change), Target::Absent, &ring(), &given()));
        let owners = secret.metadata.owner_references.unwrap_or_default();
        let kinds: Vec<&str> = owners.iter().map(|owner| owner.kind.as_str()).collect();
        assert_eq!(kinds, [kind], "{skip}");
    }
}

#[test]
fn in_the_deprecated_form_too_the_template_says_whether_there_is_an_owner() {
    let marked = json!({ "metadata": { "annotations": { SKIP_SET_OWNER_REFERENCES: "true" } } });
    let plain = json!({ "data": { "a": "eA==" } });
    for (whole, template, owned) in [(marked.clone(), json!({}), true), (plain, marked, false)] {
        let label = Scope::Strict.label("ns", "name");
        let data = seal_item(&mut SysRng, key().pair().certificate(), &label, whole.to_string().as_bytes());
        let change = json!({ "spec": {
            "data": data.unwrap(), "encryptedData": { "password": null }, "template": template } });
        let secret = created(decide(&sealed(change), Target::Absent, &ring(), &given()));
        assert_eq!(secret.metadata.owner_references.is_some(), owned);
    }
}
