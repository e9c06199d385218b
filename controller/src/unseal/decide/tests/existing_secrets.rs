//! A Secret that exists already: who owns it, and which of its fields stay.

use super::*;

#[test]
fn an_earlier_owner_that_is_not_collected_gives_way_in_the_end() {
    let given = Given { is_collector_late: true, ..given() };
    let left = |more: Value| {
        let mut metadata = json!({ "ownerReferences": owner_without_uid(), "resourceVersion": "7" });
        merge(&mut metadata, more);
        existing(json!({ "metadata": metadata }))
    };
    let secret = replaced(decide(&sealed(json!({})), left(json!({})), &ring(), &given));
    assert_eq!(secret.metadata.resource_version.as_deref(), Some("7"), "only as it was read");
    assert_eq!(secret.metadata.owner_references.unwrap()[0].uid, UID);
    let going = left(json!({ "deletionTimestamp": "2030-01-01T00:00:00Z" }));
    assert_eq!(word(&decide(&sealed(json!({})), going, &ring(), &given)), "wait", "it is going after all");
    let foreign = json!({ "metadata": { "ownerReferences": [{
        "apiVersion": "v1", "kind": "ConfigMap", "name": "name", "uid": "x", "controller": true }] } });
    let plan = decide(&sealed(json!({})), existing(foreign), &ring(), &given);
    assert_eq!(word(&plan), "refuse Unmanaged", "no other Secret may be taken over");
}

#[test]
fn the_command_that_hands_a_secret_over_is_named() {
    let plan = decide(
        &sealed(json!({})),
        existing(json!({ "metadata": { "ownerReferences": null } })),
        &ring(),
        &given(),
    );
    let message = refused(plan).to_string();
    let command = "`kubectl annotate secret -n ns name sealedsecrets.bitnami.com/managed=true --overwrite`";
    assert!(message.contains(command), "{message}");
}

#[test]
fn the_client_that_undoes_each_correction_is_named() {
    let observed = sealed(json!({}));
    let given = Given { drift: true, ..given() };
    for (editor, words) in [
        (None, "keeps changing the Secret \"name\"; it is corrected"),
        (
            Some("kubectl-edit"),
            "keeps changing the Secret \"name\" (field manager \"kubectl-edit\"); it is corrected",
        ),
    ] {
        let mut facts = facts(&observed, &ring(), &given);
        facts.memory.correction_delay = Some(Duration::from_secs(1));
        let managed_fields =
            editor.map(|editor| json!([{ "manager": editor, "fieldsV1": { "f:data": {} } }]));
        let watched = json!({ "metadata": { "name": "name", "managedFields": managed_fields } });
        facts.watched_secret = Some(Arc::new(serde_json::from_value(watched).unwrap()));
        let edited = existing(json!({ "data": { "password": "eA==" } }));
        let plan = decide_on(&facts, &observed, edited, &given);
        let Plan::Leave(Outcome::Failed(contested)) = plan else { panic!("{plan:?}") };
        assert!(contested.to_string().contains(words), "{contested}");
    }
}

/// The owner may be in the part that was not read.
#[test]
fn a_secret_that_is_known_in_part_is_not_written() {
    let Target::Present(secret) = existing(json!({})) else { panic!("nothing there") };
    let target = Target::Cut(secret, api::TooManyEntries { field: "metadata.labels" });
    let refusal = refused(decide(&sealed(json!({})), target, &ring(), &given()));
    assert_eq!(refusal.reason(), "TooManyEntries");
    assert!(refusal.to_string().contains("more than 5000 entries in metadata.labels"), "{refusal}");
}

#[test]
fn a_replacement_is_written_on_top_of_what_was_read() {
    let target =
        existing(json!({ "data": { "password": "eA==" }, "metadata": { "finalizers": ["held/by"] } }));
    let secret = replaced(decide(&sealed(json!({})), target, &ring(), &given()));
    assert_eq!(secret.metadata.resource_version.as_deref(), Some("7"));
    assert_eq!(secret.metadata.finalizers, Some(vec!["held/by".to_owned()]));
}

#[test]
fn patching_keeps_what_is_there_and_takes_no_ownership() {
    let owner =
        json!([{ "apiVersion": "v1", "kind": "ConfigMap", "name": "c", "uid": "x", "controller": true }]);
    for (managed, owner_kind) in [("false", "ConfigMap"), ("true", "SealedSecret")] {
        let target = existing(json!({
            "metadata": {
                "ownerReferences": owner.clone(),
                "labels": { "theirs": "1", "both": "1" },
                "annotations": { PATCH: "true", MANAGED: managed },
            },
            "data": { "theirs": "eA==", "password": "eA==" },
        }));
        let labelled =
            json!({ "spec": { "template": { "metadata": { "labels": { "both": "2", "ours": "2" } } } } });
        let secret = replaced(decide(&sealed(labelled), target, &ring(), &given()));
        let labels: Vec<(String, String)> = secret.metadata.labels.unwrap_or_default().into_iter().collect();
        let expected = [("both", "2"), ("ours", "2"), ("theirs", "1")];
        assert_eq!(labels, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(
            (secret.data["theirs"].expose(), secret.data["password"].expose()),
            (&b"x"[..], &b"hunter2"[..])
        );
        assert_eq!(secret.metadata.owner_references.unwrap_or_default()[0].kind, owner_kind);
    }
}

#[test]
fn as_drift_only_what_we_set_counts() {
    let labelled = json!({ "spec": { "template": { "metadata": { "labels": { "ours": "1" } } } } });
    let cases = [
        (json!({ "ours": "1", "theirs": "1" }), "Found 7", "replace"),
        (json!({ "ours": "2" }), "replace", "replace"),
        (json!({}), "replace", "replace"),
    ];
    for (labels, as_drift, after_a_change) in cases {
        for (drift, expected) in [(true, as_drift), (false, after_a_change)] {
            let target = existing(json!({ "metadata": { "labels": labels.clone() } }));
            let plan = decide(
                &sealed(labelled.clone()),
                target,
                &ring(),
                &Given { drift, unsealed: true, ..given() },
            );
            assert_eq!(word(&plan), expected, "{labels} {drift}");
        }
    }
}

#[test]
fn what_kubernetes_puts_into_a_token_stays_there() {
    let token = "kubernetes.io/service-account-token";
    let target = existing(json!({ "type": token, "data": { "token": "eA==" } }));
    let typed = json!({ "spec": { "template": { "type": token } } });
    let unsealed = Given { unsealed: true, ..given() };
    assert_eq!(word(&decide(&sealed(typed), target, &ring(), &unsealed)), "Found 7");
}

/// Secrets of upstream's controller are never written again.
#[test]
fn a_secret_made_without_an_owner_stays_its_sealed_secrets_to_write() {
    let controller = |uid: &str| json!([{ "apiVersion": "v1", "kind": "ConfigMap", "name": "c", "uid": uid, "controller": true }]);
    let mark = |value: &str| json!({ SKIP_SET_OWNER_REFERENCES: value });
    let unmarked = || json!({});
    for (name, annotations, marked, named, owners, expected) in [
        ("made so", mark("true"), mark("true"), json!(null), json!(null), "replace"),
        ("another owner's", mark("true"), unmarked(), json!(null), json!(null), "refuse Unmanaged"),
        ("marked otherwise", mark("true"), mark("no"), json!(null), json!(null), "refuse Unmanaged"),
        ("no longer in the template", unmarked(), mark("true"), json!(null), json!(null), "refuse Unmanaged"),
        ("of the template's owner", mark("true"), mark("true"), controller("x"), controller("x"), "replace"),
        ("given away", mark("true"), mark("true"), json!(null), controller("x"), "refuse Unmanaged"),
        (
            "given away twice",
            mark("true"),
            mark("true"),
            controller("x"),
            controller("y"),
            "refuse Unmanaged",
        ),
    ] {
        let template = json!({ "metadata": { "annotations": annotations, "ownerReferences": named } });
        let object = sealed(json!({ "spec": { "template": template } }));
        let target = existing(json!({
            "metadata": { "annotations": marked, "ownerReferences": owners }, "data": { "password": "eA==" } }));
        assert_eq!(word(&decide(&object, target, &ring(), &given())), expected, "{name}");
    }
}

#[test]
fn an_immutable_secret_stays_so_when_its_labels_change() {
    let labelled = json!({ "spec": { "template": { "metadata": { "labels": { "app": "shop" } } } } });
    let target = existing(json!({ "immutable": true }));
    let secret = replaced(decide(&sealed(labelled), target, &ring(), &given()));
    assert_eq!(secret.immutable, Some(true));
}
