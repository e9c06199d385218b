//! Wrapped keys and escrow copies in `keys list`, `backup`, `restore`, `retire` and `revoke`: none is opened, and none counts as broken.

use super::restored::{labelled, restore};
use super::retire::newer;
use crate::support::key_lines::{KEY, LABELLED, LEGACY, changed, key, list, nothing_sealed};
use crate::support::program::run;
use crate::support::server::{Line, Server};
use crate::support::wrapped::{fixture_wrapped, of_a_plugin, wrapped};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

fn fingerprint(secret: &Value) -> envelope::Fingerprint {
    let pem = base64::Engine::decode(&BASE64_STANDARD, secret["data"]["tls.crt"].as_str().unwrap());
    let certificate = envelope::Certificate::from_pem(std::str::from_utf8(&pem.unwrap()).unwrap());
    certificate.unwrap().fingerprint()
}

fn short(secret: &Value) -> String {
    fingerprint(secret).short()
}

/// Runs a command of `keys` beside these keys: exit code, standard output, standard error, and the requests.
fn keys(there: &[Value], more: Vec<Line>, arguments: &[&str]) -> (Option<i32>, String, String, Vec<String>) {
    let mut lines: Vec<Line> = vec![(LABELLED, 200, list(there)), (LEGACY, 200, list(&[])), nothing_sealed()];
    lines.extend(more);
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys"], arguments, &connection].concat(), b"");
    let [printed, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), printed, error, server.requests())
}

fn listed(there: &[Value], arguments: &[&str]) -> (String, String) {
    let (code, printed, error, _) =
        keys(there, Vec::new(), &[&["list", "--warn=always"], arguments].concat());
    assert_eq!(code, Some(0), "{error}");
    (printed, error)
}

#[test]
fn the_list_says_how_each_key_is_kept() {
    let (old, new) = (key(), newer());
    let copy = proven(wrapped(&old, "copy", "escrow", "prod"), &old);
    let mut new_wrapped = of_a_plugin(&wrapped(&new, "new", "wrapped", "prod"));
    new_wrapped["metadata"]["annotations"]["sealedsecrets.bitnami.com/unbound-providers"] =
        json!("kmsv2:unix:///run/kms/kms.sock");
    let all = [new_wrapped, old, copy];
    let (printed, error) = listed(&all, &[]);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines.len() == 3 && lines[1].contains("  active, newest  wrapped: kmsv2  "), "{printed}");
    assert!(lines[2].contains("  active          plain + escrow  "), "{printed}");
    let old = short(&all[1]);
    assert!(error.contains(&format!("keys are in plain beside wrapped ones: {old}.")), "{error}");
    assert!(
        error.contains(&format!("note: only the key management service opens {}", short(&all[0]))),
        "{error}"
    );

    // A retired one opens Git's history as well.
    let mut retired = all.clone();
    retired[1]["metadata"]["labels"] = json!({ "sealedsecrets.bitnami.com/sealed-secrets-key": "retired" });
    let (_, error) = listed(&retired, &[]);
    for words in [
        format!("retired keys are in plain beside wrapped ones: {old}."),
        "`kubectl label secret -n kube-system ".to_owned(),
        "keys wrap --all`, then `".to_owned(),
    ] {
        assert!(error.contains(&words), "{words}: {error}");
    }

    let (printed, _) = listed(&all, &["-o", "wide"]);
    assert!(
        printed.contains("  prod         20")
            && printed.contains("kmsv2:unix:///run/kms/kms.sock (unbound)\n"),
        "{printed}"
    );
    let (printed, _) = listed(&all, &["-o", "json"]);
    let listing: Value = serde_json::from_str(&printed).unwrap();
    let kept = &listing["keys"][0]["kept"];
    assert_eq!(kept["form"], "wrapped");
    assert_eq!(kept["wrapped"]["clusterName"], "prod");
    let slot =
        json!({ "uri": "kmsv2:unix:///run/kms/kms.sock", "provider": "kmsv2", "keyId": "", "unbound": true });
    assert_eq!(kept["wrapped"]["slots"], json!([slot]));
    assert_eq!(listing["keys"][1]["kept"], json!({ "form": "plain", "escrowCopies": ["copy"] }));
    assert!(listing["keys"][2].is_null(), "{listing}");
}

/// The controller alone can find out that slots were changed, or are stale.
#[test]
fn what_the_controller_says_of_the_slots_is_listed() {
    let mut noted = fixture_wrapped();
    for (text, cell, words) in [
        ("slots", "  wrapped: age (slots changed)  ", json!(["slots"])),
        ("stale slots \u{1b}[31m", "  wrapped: age (slots changed, stale)  ", json!(["slots", "stale"])),
        ("other", "  wrapped: age  ", Value::Null),
    ] {
        noted["metadata"]["annotations"]["sealedsecrets.bitnami.com/key-warnings"] = json!(text);
        let (printed, _) = listed(std::slice::from_ref(&noted), &[]);
        assert!(printed.contains(cell), "{printed}");
        let (printed, _) = listed(std::slice::from_ref(&noted), &["-o", "json"]);
        let listing: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(listing["keys"][0]["kept"]["wrapped"]["warnings"], words);
    }
}

/// An escrow copy with the proof that it was made with this key.
fn proven(mut copy: Value, of: &Value) -> Value {
    let bytes =
        |secret: &Value, name: &str| BASE64_STANDARD.decode(secret["data"][name].as_str().unwrap()).unwrap();
    let private =
        envelope::PrivateKey::from_pem(std::str::from_utf8(&bytes(of, "tls.key")).unwrap()).unwrap();
    let claim = key_wrapping::KeyProof::of_escrow_copy(fingerprint(&copy), &bytes(&copy, "wrapped.json"));
    copy["metadata"]["annotations"]["sealedsecrets.bitnami.com/escrow-proof"] =
        json!(claim.made_with(&private).unwrap());
    copy
}

/// Anyone who may write Secrets can store a copy: it must not hide that the key can be lost.
#[test]
fn an_escrow_copy_counts_if_it_was_made_with_the_private_key() {
    let copy = wrapped(&key(), "copy", "escrow", "prod");
    // The proof of another document.
    let mut planted = wrapped(&key(), "planted", "escrow", "prod");
    planted["metadata"]["annotations"] = proven(copy.clone(), &key())["metadata"]["annotations"].clone();
    let unproven = json!({ "form": "plain", "escrowCopies": [], "unprovenCopies": ["copy", "planted"] });
    let (printed, error) = listed(&[key(), copy.clone(), planted.clone()], &[]);
    assert!(printed.contains("  plain + escrow (unproven)  "), "{printed}");
    let words = format!("nothing shows that Secret copy is an escrow copy of key {}", short(&key()));
    assert!(error.contains(&words), "{error}");
    let (printed, _) = listed(&[key(), copy.clone(), planted.clone()], &["-o", "json"]);
    let listing: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(listing["keys"][0]["kept"], unproven);

    let (printed, error) = listed(&[key(), proven(copy.clone(), &key()), planted], &[]);
    assert!(printed.contains("  plain + escrow  ") && !error.contains("nothing shows"), "{printed}{error}");
    // Of a wrapped key it is not known.
    let of_service = of_a_plugin(&wrapped(&key(), "one", "wrapped", "prod"));
    let (printed, error) = listed(&[of_service, proven(copy, &key())], &[]);
    assert!(printed.contains("  wrapped: kmsv2 + escrow (unproven)  "), "{printed}");
    assert!(
        error.contains("only the key management service opens") && !error.contains("nothing shows"),
        "{error}"
    );
}

#[test]
fn an_escrow_copy_without_its_key_is_listed_and_counts_for_none() {
    let copy = wrapped(&key(), "copy", "escrow", "prod");
    let (printed, _) = listed(std::slice::from_ref(&copy), &[]);
    let line = printed.lines().nth(1).unwrap();
    assert!(line.contains("  escrow  escrow: age  ") && line.ends_with("copy"), "{printed}");
    let (code, _, error, _) = keys(&[copy], Vec::new(), &["retire", &short(&key())]);
    assert!(code == Some(1) && error.contains("there is only an escrow copy"), "{error}");
    assert!(error.contains(&format!("keys unwrap {} --identity FILE", short(&key()))), "{error}");
}

#[test]
fn a_label_of_another_form_is_named_with_the_command_that_mends_it() {
    let mislabelled = wrapped(&key(), "one", "active", "prod");
    let (printed, _) = listed(&[mislabelled, labelled("two", "wrapped")], &[]);
    for (name, label) in [("one", "wrapped"), ("two", "active")] {
        let command = format!(
            "kubectl label secret -n kube-system {name} sealedsecrets.bitnami.com/sealed-secrets-key={label} --overwrite"
        );
        assert!(printed.contains(&command), "{printed}");
    }
    assert_eq!(printed.matches("  unusable  ").count(), 2, "{printed}");
}

#[test]
fn keys_of_several_clusters_are_reported() {
    let both = [wrapped(&newer(), "new", "wrapped", "prod"), wrapped(&key(), "old", "wrapped", "test")];
    let (_, error) = listed(&both, &[]);
    let words = format!(
        "for several clusters, and a controller opens those of its own --cluster-name only: prod: {}; test: {}",
        short(&both[0]),
        short(&both[1])
    );
    assert!(error.contains(&words), "{error}");
}

#[test]
fn a_damaged_document_is_named_without_its_content() {
    let mut damaged = fixture_wrapped();
    damaged["data"]["wrapped.json"] = json!("eyJmb3JtYXQiOiJodW50ZXIyIn0=");
    let (printed, error) = listed(&[damaged], &[]);
    assert!(
        printed.contains("Secret kube-system/sealed-secrets-keywrapped is unusable: its wrapped.json "),
        "{printed}"
    );
    assert!(!format!("{printed}{error}").contains("hunter2"), "{printed}{error}");
}

#[test]
fn a_backup_has_wrapped_keys_and_escrow_copies_as_they_are() {
    let all = [wrapped(&newer(), "new", "wrapped", "prod"), key(), wrapped(&key(), "copy", "escrow", "prod")];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.yaml");
    let file = file.to_str().unwrap();
    let (code, printed, error, _) = keys(&all, Vec::new(), &["backup", "--plain", "--no-record", "-o", file]);
    assert_eq!(code, Some(0), "{error}");
    let expected = format!(
        "{file}: 2 sealing keys (1 plain, 1 wrapped) and 1 escrow copy, not encrypted: with it, everything can be opened\n  \
         {}, wrapped: age; a controller opens it only with --cluster-name=prod\n",
        short(&all[0])
    );
    assert_eq!(printed, expected);
    let text = std::fs::read_to_string(file).unwrap();
    for secret in &all {
        for value in secret["data"].as_object().unwrap().values() {
            assert!(text.contains(value.as_str().unwrap()), "{text}");
        }
    }

    let (code, printed, error, _) = keys(&all, Vec::new(), &["backup", "--check", file]);
    let words = format!(
        "has the newest key, {} (wrapped: age; a controller opens it only with --cluster-name=prod); 2 keys in all",
        short(&all[0])
    );
    assert!(code == Some(0) && printed.contains(&words), "{printed}{error}");
    // The key was wrapped anew since, for a provider that does not open the backup.
    let rewrapped = [of_a_plugin(&all[0])];
    let (code, _, error, _) = keys(&rewrapped, Vec::new(), &["backup", "--check", file]);
    let words = "as it is wrapped now: not for kmsv2:unix:///run/kms/kms.sock, only for age1";
    assert!(code == Some(1) && error.contains(words) && error.contains("keys backup -o NEWFILE"), "{error}");
    // Another backup has the newest key only as an escrow copy.
    let copy = wrapped(&all[1], "copy", "escrow", "prod");
    keys(&[copy], Vec::new(), &["backup", "--plain", "--no-record", "--force", "-o", file]);
    let (code, _, error, _) = keys(&all[1..], Vec::new(), &["backup", "--check", file]);
    assert!(code == Some(1) && error.contains("but only an escrow copy of it"), "{error}");
}

#[test]
fn a_wrapped_key_comes_back_as_it_is_and_says_what_it_opens_with() {
    let (wrapped_key, copy) = (fixture_wrapped(), wrapped(&newer(), "copy", "escrow", "prod"));
    let (printed, error, stored) = restore(&[], &[wrapped_key.clone(), copy.clone()]);
    let short = short(&key());
    let words = format!(
        "{short} is restored, wrapped: age (Secret kube-system/sealed-secrets-keystored); a controller opens it only with --cluster-name=prod\n"
    );
    assert!(printed.contains(&words) && error.is_empty(), "{printed}{error}");
    assert!(printed.contains("the escrow copy of ") && stored.len() == 2, "{printed}");
    for (stored, secret) in stored.iter().zip([&wrapped_key, &copy]) {
        assert!(stored.contains(secret["data"]["wrapped.json"].as_str().unwrap()), "{stored}");
    }
    let (printed, _, stored) = restore(&[wrapped_key.clone(), copy.clone()], &[wrapped_key.clone(), copy]);
    assert!(
        printed.contains(&format!("{short} is there already, active, wrapped: age (Secret")),
        "{printed}"
    );
    assert!(
        printed.contains(" is there already (Secret kube-system/copy)") && stored.is_empty(),
        "{printed}"
    );
}

/// Whether its private half was damaged is known to the controller alone, which opens it.
#[test]
fn a_key_that_is_there_wrapped_otherwise_than_in_the_backup_is_named() {
    let (backup, there) = (fixture_wrapped(), of_a_plugin(&fixture_wrapped()));
    let (printed, error, stored) = restore(std::slice::from_ref(&there), std::slice::from_ref(&backup));
    assert!(printed.contains("is there already, active, wrapped: kmsv2") && stored.is_empty(), "{printed}");
    let name = there["metadata"]["name"].as_str().unwrap();
    for words in [
        format!("Secret kube-system/{name} holds {} wrapped otherwise than the backup.", short(&there)),
        format!("`kubectl events -n kube-system --for secret/{name}"),
        format!("then `kubectl delete secret -n kube-system {name}`, and restore again"),
    ] {
        assert!(error.contains(&words), "{words}: {error}");
    }
    let (_, error, _) = restore(std::slice::from_ref(&backup), std::slice::from_ref(&backup));
    assert!(error.is_empty(), "{error}");
}

#[test]
fn a_key_that_is_wrapped_does_not_come_back_in_plain() {
    let (printed, error, stored) = restore(&[fixture_wrapped()], &[key()]);
    assert!(
        printed.contains("is there already, active, wrapped: age") && stored.is_empty(),
        "{printed}{error}"
    );
    let (_, _, stored) = restore(&[], &[key(), fixture_wrapped()]);
    assert!(stored.len() == 1 && stored[0].contains("wrapped.json"), "{stored:?}");
}

#[test]
fn a_wrong_label_in_a_backup_is_mended_when_the_key_is_stored() {
    let mislabelled = wrapped(&key(), "one", "active", "prod");
    for (backup, label) in [(mislabelled, "wrapped"), (labelled("two", "wrapped"), "active")] {
        let (printed, error, stored) = restore(&[], &[backup]);
        let has_label = stored[0].contains(&format!("sealed-secrets-key\":\"{label}\""));
        assert!(stored.len() == 1 && has_label, "{printed}{error}{stored:?}");
    }
}

#[test]
fn a_leaked_wrapped_key_is_revoked_with_its_escrow_copy() {
    let patched = |name: &'static str| -> Line { (name, 200, changed().2) };
    let there = [
        wrapped(&key(), "sealed-secrets-keyabcde", "wrapped", "prod"),
        wrapped(&key(), "copy", "escrow", "prod"),
    ];
    let more = vec![patched(KEY), patched("/secrets/copy?")];
    let arguments = ["revoke", &short(&key()), "--yes", "--no-renew"];
    let (code, printed, error, requests) = keys(&there, more, &arguments);
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(printed.matches("it opens nothing any more").count(), 2, "{printed}");
    let labelled = requests.iter().filter(|it| it.starts_with("PATCH ") && it.contains("\"compromised\""));
    assert_eq!(labelled.count(), 2);
}

#[test]
fn a_wrapped_key_that_is_retired_comes_back_by_its_own_label() {
    let there = [
        newer(),
        wrapped(&key(), "sealed-secrets-keyabcde", "wrapped", "prod"),
        wrapped(&newer(), "n", "wrapped", "prod"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let fingerprint = fingerprint(&key()).to_string();
    let sealed = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
        "metadata": { "name": "a", "namespace": "b", "annotations": { "sealedsecrets.bitnami.com/certificate-fingerprint": fingerprint } },
        "spec": { "encryptedData": { "c": "AgBy" } },
    });
    std::fs::write(folder.path().join("a.json"), sealed.to_string()).unwrap();
    let retire = ["retire", &fingerprint, folder.path().to_str().unwrap(), "--unserved"];
    let (code, _, error, _) = keys(&there, Vec::new(), &retire);
    // The file says that it needs the key, which cannot be tried. To reseal it is what helps.
    assert!(code == Some(1) && error.contains("reseal these files, then apply them"), "{error}");
    assert!(!error.contains("correct or delete"), "{error}");
    let (code, printed, error, _) = keys(&there, vec![changed()], &[&retire[..], &["--force"]].concat());
    assert!(code == Some(0) && printed.contains("is retired"), "{printed}{error}");
    assert!(error.contains("sealed-secrets-key=wrapped --overwrite"), "{error}");
}
