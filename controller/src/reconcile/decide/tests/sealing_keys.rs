//! No way leads from a SealedSecret to a sealing key.

use super::*;

#[test]
fn no_sealed_secret_becomes_a_sealing_key() {
    let labelled = json!({ "spec": { "template": { "metadata": { "labels": {
        sealing_key::LABEL: "active" } } } } });
    let named = json!({ "metadata": { "name": "sealed-secrets-key" } });
    // What the names of keys are made of: without it, or with another, controllers would not agree on the first key.
    let origin = json!({ "metadata": { "name": "sealed-secrets-key-origin" } });
    let own = json!({ "metadata": { "namespace": "kube-system" } });
    for change in [labelled, named, origin] {
        let mut observed = change.clone();
        merge(&mut observed, own.clone());
        let name = observed["metadata"]["name"].as_str().unwrap_or("name").to_owned();
        let label = Scope::Strict.label("kube-system", &name);
        let item = seal_item(&mut SysRng, key().pair().certificate(), &label, b"x").unwrap();
        merge(&mut observed, json!({ "spec": { "encryptedData": { "password": item } } }));
        let plan = decide(&sealed(observed), Target::Absent, &ring(), &rules());
        assert_eq!(word(&plan), "refuse SealingKey");
        let plan = decide(&sealed(change), Target::Absent, &ring(), &rules());
        assert_ne!(word(&plan), "refuse SealingKey", "in other namespaces it is a Secret as any other");
    }
}

/// Neither `managed` nor an owner makes a key anybody's to write over.
#[test]
fn no_sealed_secret_writes_over_a_sealing_key() {
    let labelled = json!({ "metadata": { "labels": { sealing_key::LABEL: "active" } } });
    let retired = json!({ "metadata": { "labels": { sealing_key::LABEL: "retired" } } });
    let legacy = json!({ "metadata": { "name": "sealed-secrets-key" } });
    for key in [labelled, retired, legacy] {
        let name = key["metadata"]["name"].as_str().unwrap_or("name").to_owned();
        let own = json!({ "metadata": { "namespace": "kube-system", "name": name } });
        let invited = json!({ "metadata": { "ownerReferences": null,
            "annotations": { MANAGED: "true", PATCH: "true" } } });
        for mut standing in [json!({}), invited] {
            let elsewhere = standing.clone();
            merge(&mut standing, key.clone());
            merge(&mut standing, own.clone());
            let plan = decide(&sealed(own.clone()), existing(standing), &ring(), &rules());
            assert_eq!(word(&plan), "refuse SealingKey");
            let plan = decide(&sealed(json!({})), existing(elsewhere), &ring(), &rules());
            assert_ne!(word(&plan), "refuse SealingKey", "in other namespaces it is a Secret as any other");
        }
    }
}

#[test]
fn no_deprecated_form_becomes_a_sealing_key_either() {
    let whole = json!({
        "metadata": { "labels": { sealing_key::LABEL: "active" } }, "type": "kubernetes.io/tls",
        "data": { "tls.key": "eA==", "tls.crt": "eA==" },
    });
    let label = Scope::Strict.label("kube-system", "name");
    let data =
        seal_item(&mut SysRng, key().pair().certificate(), &label, whole.to_string().as_bytes()).unwrap();
    let change = json!({ "metadata": { "namespace": "kube-system" },
                         "spec": { "data": data, "encryptedData": { "password": null } } });
    let plan = decide(&sealed(change), Target::Absent, &ring(), &rules());
    assert_eq!(word(&plan), "refuse SealingKey");
}
