//! `reseal --live`, with prepared answers of an API server. Tests with the real one are in `tests/keys_commands`.

use super::tree::{CERT, PRESENT, old, with_key};
use super::with_controller::rotated;
use crate::support::certificates::pem;
use crate::support::key_lines::{LABELLED, LEGACY, key, list, newer};
use crate::support::program::run;
use crate::support::server::{Line, PORTS, Server, status};
use crate::support::wrapped::wrapped;
use serde_json::{Value, json};

const LIST: &str = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets?&limit=500";
const OBJECT: &str = "/sealedsecrets/db?";

/// A list of one old SealedSecret, with more in its metadata.
fn listed(more: &str) -> Line {
    let yaml = old();
    let item = |name: &str| {
        let line = yaml.lines().find(|line| line.trim_start().starts_with(&format!("{name}: A"))).unwrap();
        line.trim_start().split_once(' ').unwrap().1.to_owned()
    };
    let text = format!(
        r#"{{"metadata": {{}}, "items": [{{"metadata": {{"name": "db", "namespace": "shop", "uid": "u1", "resourceVersion": "7", "annotations": {{"sealedsecrets.bitnami.com/certificate-fingerprint": "{}"}}{more}}}, "spec": {{"encryptedData": {{"password": "{}", "user": "{}"}}}}, "status": {{"observedGeneration": 1}}}}]}}"#,
        "0a".repeat(32),
        item("password"),
        item("user")
    );
    (LIST, 200, text)
}

type Printed = (Option<i32>, String, String, Vec<String>);

fn on(lines: Vec<Line>, arguments: &[&str]) -> Printed {
    served_by(&pem(), lines, arguments)
}

/// The controller serves this certificate; if it is empty, none.
fn served_by(certificate: &str, lines: Vec<Line>, arguments: &[&str]) -> Printed {
    let code = if certificate.is_empty() { 503 } else { 200 };
    let certificate = ("cert.pem", code, certificate.to_owned());
    let all = [vec![("/services/sealed-secrets-controller", 200, PORTS.to_owned()), certificate], lines];
    let server = Server::start(all.concat());
    let kubeconfig = server.kubeconfig("{}");
    let flags = ["reseal", "--live", "-n", "shop", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&flags[..], arguments].concat(), b"");
    (output.status.code(), server.printed(&output.stdout), server.printed(&output.stderr), server.requests())
}

fn written(code: u16, body: &str) -> Line {
    (OBJECT, code, body.to_owned())
}

const PATCHED: &str = r#"{"metadata": {"name": "db"}}"#;

#[test]
fn what_is_resealed_is_written_back_if_nothing_else_changed_it() {
    for arguments in [vec![], with_key()] {
        let lines = vec![listed(""), rotated(PRESENT), written(200, PATCHED)];
        let (code, stdout, stderr, requests) = on(lines, &[&["--yes"], &arguments[..]].concat());
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{requests:?}");
        assert!(stdout.starts_with("SealedSecret shop/db: resealed\nnamespace shop of "), "{stdout}");
        assert!(stdout.ends_with(": 1 resealed, 0 up to date\n"), "{stdout}");
        let patch = requests.iter().find(|request| request.starts_with("PATCH ")).unwrap();
        let body = patch.lines().last().unwrap();
        let body: Value = serde_json::from_str(&body[body.find('{').unwrap()..]).unwrap();
        assert_eq!(body["metadata"]["resourceVersion"], "7");
        assert_eq!(body["metadata"]["uid"], "u1");
        assert_eq!(
            body["metadata"]["annotations"]["sealedsecrets.bitnami.com/certificate-fingerprint"],
            PRESENT
        );
        assert_eq!(body["spec"]["encryptedData"].as_object().unwrap().len(), 2);
        assert_eq!(body.as_object().unwrap().len(), 2);
    }
}

/// Private keys open it, but the cluster would not open what is sealed to this certificate.
#[test]
fn a_certificate_of_no_active_key_of_the_cluster_is_refused() {
    let review = |allowed: bool| {
        let review = json!({ "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                             "metadata": {}, "spec": {}, "status": { "allowed": allowed } });
        ("/selfsubjectaccessreviews?", 201, review.to_string())
    };
    let (new, other) = newer();
    let mut retired = key();
    retired["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("retired");
    let keys = |keys: &[Value]| vec![review(true), (LABELLED, 200, list(keys)), (LEGACY, 200, list(&[]))];
    for (served, lines, is_taken) in [
        (&other, vec![review(false)], false),
        (&pem(), vec![review(false)], true),
        // Keys that may be listed decide, whatever is served.
        (&pem(), keys(&[new.clone(), retired]), false),
        (&pem(), keys(std::slice::from_ref(&new)), false),
        // What is said of a wrapped key in a Secret counts only if the controller serves it.
        (&other, keys(&[new.clone(), wrapped(&key(), "planted", "wrapped", "prod")]), false),
        (&pem(), keys(&[wrapped(&key(), "served", "wrapped", "prod")]), true),
        (&other, keys(&[new, key()]), true),
    ] {
        let lines = [lines, vec![listed(""), written(200, PATCHED)]].concat();
        let (code, _, stderr, requests) = served_by(served, lines, &[&["--yes"], &with_key()[..]].concat());
        assert_eq!(code, Some(i32::from(!is_taken)), "{stderr}");
        let words = "no active key of the cluster has the certificate f5b8ca6cdb64";
        assert_eq!(stderr.contains(words) && stderr.contains("hint: what is sealed"), !is_taken, "{stderr}");
        assert_eq!(requests.iter().any(|request| request.starts_with("PATCH ")), is_taken, "{requests:?}");
    }
    let lines = vec![listed(""), written(200, PATCHED)];
    let (code, _, stderr, _) = served_by("", lines, &[&["--yes"], &with_key()[..]].concat());
    let words = "cannot find out whether the cluster has the key of this certificate";
    assert!(code == Some(1) && stderr.contains(words) && stderr.contains("hint: "), "{stderr}");
}

#[test]
fn a_check_lists_what_is_old_and_changes_nothing() {
    let (code, stdout, stderr, requests) = on(vec![listed("")], &["--check"]);
    assert_eq!(code, Some(1));
    assert!(stdout.starts_with("SealedSecret shop/db: sealed to certificate 0a0a0a0a0a0a\n"), "{stdout}");
    assert!(stdout.contains("1 of 1 SealedSecret in namespace shop of "), "{stdout}");
    assert!(stderr.contains("1 SealedSecret is not sealed to the present certificate"), "{stderr}");
    assert!(!requests.iter().any(|request| request.contains("rotate") || request.starts_with("PATCH ")));
}

#[test]
fn without_a_yes_nothing_is_changed() {
    let (code, _, stderr, requests) = on(vec![listed("")], &[]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("a confirmation is needed") && stderr.contains("hint: add --yes"), "{stderr}");
    assert!(!requests.iter().any(|request| request.contains("rotate") || request.starts_with("PATCH ")));
    // Nothing to change needs no confirmation.
    let (list, code, text) = listed("");
    let present = vec![(list, code, text.replace(&"0a".repeat(32), PRESENT))];
    let (code, stdout, stderr, _) = on(present, &CERT);
    assert_eq!((code, stdout.ends_with(": 0 resealed, 1 up to date\n")), (Some(0), true), "{stdout}{stderr}");
}

#[test]
fn what_a_tool_applies_from_git_is_named() {
    let flux = r#", "labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}"#;
    let (code, _, stderr, _) = on(vec![listed(flux), rotated(PRESENT), written(200, PATCHED)], &["--yes"]);
    assert_eq!(code, Some(0));
    assert!(
        stderr.contains(
            "will put the old values back: SealedSecret shop/db, as kustomize.toolkit.fluxcd.io/name says"
        ),
        "{stderr}"
    );
}

#[test]
fn what_was_applied_with_kubectl_has_perhaps_a_file() {
    let applied = r#", "managedFields": [{"manager": "kubectl-client-side-apply", "operation": "Update"}]"#;
    let (code, _, stderr, _) = on(vec![listed(applied), rotated(PRESENT), written(200, PATCHED)], &["--yes"]);
    assert_eq!(code, Some(0));
    let words = "warning: these were applied with kubectl; if their files are kept, reseal these too";
    assert!(stderr.contains(words) && stderr.contains("back: SealedSecret shop/db\n"), "{stderr}");
    assert!(!stderr.contains("a tool applies these"), "{stderr}");
}

#[test]
fn why_it_does_not_open_is_what_its_status_says() {
    // What comes after it was opened is no reason that it does not open now.
    for (generation, reason, is_said) in
        [(1, "UnsealFailed", true), (2, "UnsealFailed", false), (1, "Unmanaged", false)]
    {
        let (path, code, text) = listed(&format!(r#", "generation": {generation}"#));
        let said = format!(
            r#""observedGeneration": 1, "conditions": [{{"type": "Synced", "status": "False", "reason": "{reason}", "message": "add the annotation"}}]"#
        );
        let lines = vec![
            (path, code, text.replace(r#""observedGeneration": 1"#, &said)),
            ("rotate", 409, String::new()),
        ];
        let (code, _, stderr, _) = on(lines, &["--yes"]);
        let words =
            "SealedSecret shop/db: the controller cannot open it; its status says: add the annotation\n";
        assert!(code == Some(1) && stderr.contains(words) == is_said, "{stderr}");
        assert_eq!(stderr.contains("hint: correct what the status names"), is_said, "{stderr}");
    }
}

#[test]
fn failures_name_the_object_and_what_to_do() {
    let forbidden = status(403, "Forbidden", "no");
    for (lines, words) in [
        (
            vec![(LIST, 403, forbidden.clone())],
            &["cannot list the SealedSecrets in namespace shop", "--verb=list"][..],
        ),
        (vec![(LIST, 404, status(404, "NotFound", "no"))], &["the cluster does not know SealedSecrets"]),
        (
            vec![listed(""), rotated(PRESENT), written(409, &status(409, "Conflict", "no"))],
            &["SealedSecret shop/db: it was resealed, but cannot be written back", "it changed meanwhile"],
        ),
        (
            vec![listed(""), rotated(PRESENT), written(403, &forbidden)],
            &["cannot be written back", "--verb=patch --resource=sealedsecrets.bitnami.com"],
        ),
        (
            vec![(LIST, 200, listed("").2.replace("\"encryptedData\"", "\"other\""))],
            &["SealedSecret shop/db: field spec does not have the shape", "kubectl edit"],
        ),
        (
            vec![listed(""), ("rotate", 409, String::new())],
            &["SealedSecret shop/db: the controller cannot open it"],
        ),
    ] {
        let (code, _, stderr, _) = on(lines, &["--yes"]);
        assert_eq!(code, Some(1), "{stderr}");
        for words in words {
            assert!(stderr.contains(words), "{words}: {stderr}");
        }
    }
    for (arguments, words) in [
        (&["--live", "a.yaml"][..], "cannot be used with"),
        (&["--yes", "a.yaml"], "'--yes[=<BOOL>]' cannot be used with"),
        (&["-A", "a.yaml"], "cannot be used with"),
        (&["--yes"], "--live"),
        (&["--live", "--offline"], "--offline"),
        (&["--live", "--recipients"], "cannot be used with"),
        (&["--cluster", "a.yaml"], "PATH"),
    ] {
        let output = run(&[&["reseal"], arguments].concat(), b"");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && stderr.contains(words), "{arguments:?}: {stderr}");
    }
}
