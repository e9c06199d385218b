//! `keys retire` where the controller does not say which key it serves.

use crate::support::key_lines::{KEY, LABELLED, LEGACY, changed, key, list, nothing_sealed};
use crate::support::program::{fixture, run, run_unread};
use crate::support::server::{Line, PORTS, SERVICE, Server, status};
use rand::rngs::SysRng;
use serde_json::{Value, json};

fn fingerprint() -> String {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    envelope::Certificate::from_pem(&pem).unwrap().fingerprint().to_string()
}

/// The Secret of a key that is newer than the fixture's.
fn newer() -> Value {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let certificate = envelope::issue(&mut SysRng, &private, "", start, day).unwrap();
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let mut newer = key();
    newer["metadata"]["name"] = json!("sealed-secrets-keynewer");
    newer["metadata"]["creationTimestamp"] = json!(start);
    newer["data"] = json!({ "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()) });
    newer
}

/// Retires the fixture's key, beside which there is a newer one: exit code, standard error, and whether the key was
/// labelled.
fn retire(controller: Vec<Line>, flags: &[&str]) -> (Option<i32>, String, bool) {
    let mut lines =
        vec![(LABELLED, 200, list(&[newer(), key()])), (LEGACY, 200, list(&[])), changed(), nothing_sealed()];
    lines.extend(controller);
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "retire", &fingerprint()], flags, &connection].concat(), b"");
    let labelled =
        server.requests().iter().any(|request| request.starts_with("PATCH ") && request.contains(KEY));
    (output.status.code(), String::from_utf8(output.stderr).unwrap(), labelled)
}

#[test]
fn an_unknown_served_key_is_not_taken_for_none() {
    let found = || (SERVICE, 200, PORTS.to_owned());
    let certificate = |code, reason, message| ("/proxy/v1/cert.pem", code, status(code, reason, message));
    let refused = [
        (
            "forbidden",
            vec![(SERVICE, 403, status(403, "Forbidden", "no services"))],
            "the right to get services in ",
        ),
        (
            "no proxy",
            vec![found(), certificate(403, "Forbidden", "no proxy")],
            "the right to get services/proxy",
        ),
        (
            "silent",
            vec![found(), certificate(503, "ServiceUnavailable", "error trying to reach service")],
            "not ready",
        ),
        ("other", vec![found(), certificate(404, "NotFound", "?")], "is not the controller's"),
    ];
    for (what, controller, hint) in refused {
        let (code, error, labelled) = retire(controller.clone(), &[]);
        assert!(code == Some(1) && !labelled, "{what}: {error}");
        assert!(error.contains("it is not known whether key") && error.contains(hint), "{what}: {error}");
        assert!(error.contains("--unserved"), "{what}: {error}");
        let (code, error, labelled) = retire(controller, &["--unserved"]);
        assert!(code == Some(0) && labelled, "{what}: {error}");
    }
    let gone = vec![(SERVICE, 404, status(404, "NotFound", "no such service"))];
    let (code, error, labelled) = retire(gone, &[]);
    assert!(code == Some(0) && labelled && error.contains("--controller-name"), "{error}");
    let down = vec![found(), certificate(503, "ServiceUnavailable", "no endpoints available for service x")];
    let (code, error, labelled) = retire(down, &[]);
    assert!(code == Some(0) && labelled && error.is_empty(), "{error}");
}

#[test]
fn templates_have_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    std::fs::write(&file, "kind: SealedSecret\nmetadata: {name: a, namespace: {{ .Release.Namespace }}}\n")
        .unwrap();
    let (code, error, labelled) = retire(Vec::new(), &["--unserved", file.to_str().unwrap()]);
    assert!(code == Some(1) && !labelled, "{error}");
    assert!(error.contains("a.yaml: it does not parse, as templates may"), "{error}");
    assert!(
        error.contains("hint: name what a template renders to (`helm template CHART > rendered.yaml`)"),
        "{error}"
    );
}

#[test]
fn every_secret_of_a_key_is_retired_with_stdout_closed() {
    let mut second = key();
    second["metadata"]["name"] = json!("sealed-secrets-keysecond");
    let (_, _, metadata) = changed();
    let server = Server::start(vec![
        (LABELLED, 200, list(&[newer(), key(), second])),
        (LEGACY, 200, list(&[])),
        changed(),
        ("/secrets/sealed-secrets-keysecond?", 200, metadata),
        nothing_sealed(),
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let (code, error) =
        run_unread(&[&["keys", "retire", &fingerprint(), "--unserved"][..], &connection].concat(), b"");
    let requests = server.requests();
    assert_eq!(requests.iter().filter(|request| request.starts_with("PATCH ")).count(), 2, "{error}");
    assert_eq!((code, error.as_str()), (Some(141), ""));
}
