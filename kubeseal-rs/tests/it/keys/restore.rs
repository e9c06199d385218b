//! `keys restore`: which keys count as present, and which are known to have leaked.

use super::restored::{CREATE, LABEL, labelled, restore, restore_beside};
use crate::support::key_lines::{LABELLED, LEGACY, SEALED, key, list, nothing_sealed};
use crate::support::program::{fixture, run};
use crate::support::server::{Line, Server, status};
use serde_json::{Value, json};

#[test]
fn a_list_without_a_kind_is_a_backup() {
    let lines: Vec<Line> = vec![
        (LABELLED, 200, list(&[])),
        (LEGACY, 200, list(&[])),
        nothing_sealed(),
        (CREATE, 201, labelled("sealed-secrets-keystored", "active").to_string()),
    ];
    let text = json!({ "metadata": { "resourceVersion": "12" }, "items": [key()] });
    let yaml = serde_saphyr::to_string(&text).unwrap();
    for (text, form) in [(text.to_string(), "JSON"), (yaml, "YAML")] {
        let server = Server::start(lines.clone());
        let kubeconfig = server.kubeconfig("{}");
        let kubeconfig = kubeconfig.path().to_str().unwrap();
        let output =
            run(&["keys", "restore", "-", "--keep-stray", "--kubeconfig", kubeconfig], text.as_bytes());
        let [printed, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(output.status.success() && error.is_empty(), "{form}: {printed}{error}");
        assert!(
            printed.contains(" is restored (Secret kube-system/sealed-secrets-keystored)"),
            "{form}: {printed}"
        );
    }
}

#[test]
fn a_damaged_copy_is_not_there() {
    let mut damaged = key();
    damaged["data"]["tls.key"] = json!("eA==");
    let mut lost = damaged.clone();
    lost["data"]["tls.crt"] = json!("eA==");
    for broken in [damaged, lost] {
        let (printed, error, stored) = restore(&[broken], &[key()]);
        assert!(printed.contains(" is restored (Secret kube-system/sealed-secrets-keystored)"), "{printed}");
        assert!(error.contains("Secret kube-system/sealed-secrets-keyabcde is broken: "), "{error}");
        assert!(error.contains("kubectl delete secret -n kube-system sealed-secrets-keyabcde"), "{error}");
        assert!(stored.len() == 1 && stored[0].contains("generateName"), "{stored:?}");
    }
    // A damaged copy beside a whole one does no harm.
    let mut damaged = labelled("damaged", "active");
    damaged["data"]["tls.key"] = json!("eA==");
    let (printed, _, stored) = restore(&[damaged, key()], &[key()]);
    assert!(
        printed.contains("is there already, active (Secret kube-system/sealed-secrets-keyabcde)"),
        "{printed}"
    );
    assert!(stored.is_empty());
}

#[test]
fn a_compromised_key_is_restored_as_compromised() {
    let [one, other] = [labelled("one", "active"), labelled("other", "compromised")];
    for backup in [[one.clone(), other.clone()], [other.clone(), one.clone()]] {
        let (printed, _, stored) = restore(&[], &backup);
        assert!(printed.contains(" is restored, as compromised (Secret "), "{printed}");
        assert!(
            stored.len() == 1 && stored[0].contains(&format!("\"{LABEL}\":\"compromised\"")),
            "{stored:?}"
        );
    }
    let (printed, error, stored) = restore(&[one], &[other]);
    assert!(printed.contains("is there already, active") && stored.is_empty(), "{printed}");
    assert!(error.contains("known to have leaked") && error.contains("kubeseal-rs keys revoke "), "{error}");
}

/// SealedSecrets with a condition of this type and status, which names this key.
fn sealed_saying(condition: &str, status: &str, key: &str) -> Line {
    let objects: Vec<Value> = ["a", "b", "c"]
        .iter()
        .map(|name| {
            json!({
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
                "metadata": { "name": name, "namespace": "shop" }, "spec": { "encryptedData": {} },
                "status": { "openedBy": [key], "conditions": [{
                    "type": condition, "status": status, "reason": "KeyRevoked", "message": format!("with a key ({key}): x"),
                }] },
            })
        })
        .collect();
    let all = json!({ "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": {}, "items": objects });
    (SEALED, 200, all.to_string())
}

#[test]
fn a_key_in_a_compromised_condition_is_restored_as_compromised() {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    let key_there = envelope::Certificate::from_pem(&pem).unwrap().fingerprint();
    let (whole, short) = (key_there.to_string(), key_there.short());
    let (printed, error, stored) =
        restore_beside(sealed_saying("Compromised", "True", &whole), &[], &[key()]);
    assert!(printed.contains(&format!("{short} is restored, as compromised (Secret ")), "{printed}");
    assert!(error.contains(&format!("{short} leaked and was revoked")), "{error}");
    assert!(error.contains("of the SealedSecret shop/a and 2 more"), "{error}");
    assert!(stored.len() == 1 && stored[0].contains(&format!("\"{LABEL}\":\"compromised\"")), "{stored:?}");

    for sealed in [
        sealed_saying("Compromised", "True", &"0".repeat(64)),
        sealed_saying("Compromised", "False", &whole),
        sealed_saying("Synced", "True", &whole),
    ] {
        let (printed, error, stored) = restore_beside(sealed, &[], &[key()]);
        assert!(
            printed.contains(&format!("{short} is restored (Secret ")) && error.is_empty(),
            "{printed}{error}"
        );
        assert!(stored.len() == 1 && stored[0].contains(&format!("\"{LABEL}\":\"active\"")), "{stored:?}");
    }

    // A user who may not list SealedSecrets gets a warning, and the keys are restored.
    let forbidden = status(403, "Forbidden", "no");
    let (printed, error, _) = restore_beside((SEALED, 403, forbidden), &[], &[key()]);
    assert!(printed.contains(&format!("{short} is restored (Secret ")), "{printed}");
    assert!(error.contains("say that one of these keys leaked is not known"), "{error}");
}

#[test]
fn an_error_about_a_backup_says_what_a_backup_is() {
    let sealed = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec: {}\n";
    let output = run(&["keys", "restore", "-"], sealed.as_bytes());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.contains("cannot read a backup of sealing keys") && error.contains("it is a SealedSecret"),
        "{error}"
    );
    assert!(
        error.contains("give a file of `kubeseal-rs keys backup`") && !error.contains("made from"),
        "{error}"
    );
    let output = run(&["keys", "restore", "-"], b"kind: [");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("check indentation and quotes"), "{error}");
}
