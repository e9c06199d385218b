//! `--validate` and `--re-encrypt` through the controller, for a file and for a stream.

use crate::support::certificates::{fingerprint, pem};
use crate::support::key_lines::{LABELLED, LEGACY, key, list};
use crate::support::program::{program, run};
use crate::support::server::{Line, PORTS, Server};
use std::process::Output;

const SEALED: &str = "# Kept.\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db # also kept\n  \
                      namespace: shop\nspec:\n  encryptedData:\n    password: AgA=\n";

/// [`SEALED`] with an item that has the length of a sealed value.
fn whole() -> String {
    SEALED.replace("AgA=", &format!("AQAA{}AA==", "AAAA".repeat(90)))
}

fn service() -> Line {
    ("/services/sealed-secrets-controller", 200, PORTS.into())
}

fn rotated(name: &str, annotations: &str) -> Line {
    let rotated = format!(
        r#"{{"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {{"name": "{name}", "namespace": "shop", "annotations": {annotations}}}, "spec": {{"template": {{"type": "hunter2"}}, "encryptedData": {{"password": "AgNEW="}}}}}}"#
    );
    ("rotate", 200, rotated)
}

fn run_on(server: &Server, arguments: &[&str], input: &[u8]) -> Output {
    let kubeconfig = server.kubeconfig("{}");
    run(&[&["--kubeconfig", kubeconfig.path().to_str().unwrap()], arguments].concat(), input)
}

#[test]
fn every_document_is_verified() {
    let server = Server::start(vec![service(), ("verify", 200, String::new())]);
    let output = run_on(&server, &["--validate"], format!("{SEALED}---\n{SEALED}").as_bytes());
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
    let requests = server.requests();
    assert_eq!(requests.iter().filter(|request| request.starts_with("POST ")).count(), 2);
    assert!(requests[1].contains(r#""encryptedData":{"password":"AgA="}"#), "{}", requests[1]);
}

#[test]
fn of_several_documents_each_has_a_line() {
    let refused = || ("verify", 409, String::new());
    let server = Server::start(vec![service(), refused(), ("verify", 200, String::new()), refused()]);
    let whole = whole();
    let unplaced = whole.replace("  namespace: shop\n", "");
    let output = run_on(&server, &["--validate"], format!("{whole}---\n{whole}---\n{unplaced}").as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let printed = server.printed(&output.stderr);
    let lines: Vec<&str> = printed.lines().collect();
    let expected = [
        "error: 2 of 3 SealedSecrets do not open on http://127.0.0.1:PORT (context \"plain\"):",
        "  standard input, document 1 (SealedSecret shop/db), line 2, column 1: it does not open",
        "  standard input, document 3 (SealedSecret db), line 22, column 1: it names no namespace, and does not open without",
    ];
    assert_eq!(lines[..3], expected, "{printed}");
    assert!(lines[3].starts_with("hint: standard input, document 1 ("), "{printed}");
    assert!(
        lines.len() == 5
            && lines[4].contains("document 3 (SealedSecret db), line 22, column 1: it names no namespace"),
        "{printed}"
    );
}

#[test]
fn a_429_is_retried() {
    let busy = || ("verify", 429, String::new());
    let server = Server::start(vec![service(), busy(), busy(), ("verify", 200, String::new())]);
    assert!(run_on(&server, &["--validate"], SEALED.as_bytes()).status.success());
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_file_is_resealed_in_place_and_keeps_the_rest() {
    let server = Server::start(vec![
        service(),
        rotated("db", r#"{"sealedsecrets.bitnami.com/certificate-fingerprint": "ab"}"#),
    ]);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    std::fs::write(&path, format!("{SEALED}---\nkind: ConfigMap\n---\n{SEALED}")).unwrap();
    let output = run_on(&server, &["--re-encrypt", "-f", path.to_str().unwrap()], b"");
    assert!(
        output.status.success() && output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("password: AgNEW=").count(), 2, "{text}");
    assert_eq!(text.matches("certificate-fingerprint: ab").count(), 2, "{text}");
    assert_eq!(text.matches("# also kept").count(), 2);
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_stream_is_resealed_to_a_stream() {
    let server = Server::start(vec![service(), rotated("db", "{}")]);
    let output = run_on(
        &server,
        &["--rotate", "-o", "yaml", "--warn=always"],
        format!("{SEALED}---\n{SEALED}").as_bytes(),
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches("password: AgNEW=").count(), 2, "{text}");
    assert_eq!(output.stderr, b"warning: --rotate is the old name of --re-encrypt\n");
    let output = run_on(&server, &["--rotate", "--quiet"], SEALED.as_bytes());
    assert!(output.status.success() && output.stderr.is_empty());
}

/// The keys are not to blame for what no key can open.
#[test]
fn a_damaged_item_is_named() {
    let whole = whole();
    let item = whole.trim_end().rsplit(' ').next().unwrap();
    let annotation = format!("sealedsecrets.bitnami.com/certificate-fingerprint: {}", fingerprint(&pem()));
    let hinted = whole
        .replace("  namespace: shop\n", &format!("  namespace: shop\n  annotations: {{{annotation}}}\n"));
    for (damaged, words) in [
        (&item[..200], "item password is cut off"),
        ("hunter2", "item password is not base64"),
        ("aHVudGVyMg==", "item password is no sealed value"),
    ] {
        for (job, path) in [("--validate", "verify"), ("--re-encrypt", "rotate")] {
            let lines = vec![service(), (path, 409, String::new()), ("cert.pem", 200, pem())];
            let output = run_on(&Server::start(lines), &[job], hinted.replace(item, damaged).as_bytes());
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(stderr.contains(&format!("because: it does not open: {words}\nhint: take")), "{stderr}");
            assert!(output.status.code() == Some(1) && !stderr.contains("hunter2"), "{stderr}");
        }
    }
}

#[test]
fn another_object_or_a_wider_scope_is_not_followed() {
    for line in
        [rotated("other", "{}"), rotated("db", r#"{"sealedsecrets.bitnami.com/cluster-wide": "true"}"#)]
    {
        let server = Server::start(vec![service(), line]);
        let output = run_on(&server, &["--re-encrypt"], SEALED.as_bytes());
        assert!(String::from_utf8_lossy(&output.stderr).contains("is not the same SealedSecret"));
        assert!(output.stdout.is_empty());
    }
}

/// The controller answers only that it does not open. What a user may read shows the reason.
#[test]
fn why_it_does_not_open_follows_from_the_keys_that_the_user_may_see() {
    let noted = fingerprint(&pem());
    let annotation = format!("sealedsecrets.bitnami.com/certificate-fingerprint: {noted}");
    let namespace = "  namespace: shop\n";
    let hinted = whole().replace(namespace, &format!("{namespace}  annotations: {{{annotation}}}\n"));
    let labelled = |value: &str| {
        let mut key = key();
        key["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = value.into();
        vec![key]
    };
    let review = |allowed: bool| {
        let review = serde_json::json!({ "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                                         "metadata": {}, "spec": {}, "status": { "allowed": allowed } });
        ("/selfsubjectaccessreviews?", 201, review.to_string())
    };
    let label = "`kubectl label secret -n kube-system sealed-secrets-keyabcde \
                 sealedsecrets.bitnami.com/sealed-secrets-key=active --overwrite` brings it back";
    let place = "another name, namespace or scope than shop/db (strict)";
    let other = "not a certificate".to_owned();
    for (name, served, may_list, keys, because) in [
        ("served", pem(), false, vec![], Some(place)),
        ("active", other.clone(), true, labelled("active"), Some(place)),
        ("retired", other.clone(), true, labelled("retired"), Some(label)),
        ("revoked", other.clone(), true, labelled("compromised"), Some("a key that leaked and was revoked")),
        ("absent", other.clone(), true, vec![], Some("which is not here: sealed for another cluster")),
        ("may not list", other.clone(), false, labelled("retired"), None),
    ] {
        for (job, path) in [("--validate", "verify"), ("--re-encrypt", "rotate")] {
            let server = Server::start(vec![
                service(),
                (path, 409, String::new()),
                ("cert.pem", 200, served.clone()),
                review(may_list),
                (LABELLED, 200, list(&keys)),
                (LEGACY, 200, list(&[])),
            ]);
            let output = run_on(&server, &[job], hinted.as_bytes());
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{name}: {stderr}");
            let Some(because) = because else {
                assert!(stderr.contains("hint: it was sealed for another cluster"), "{name}: {stderr}");
                let is_listed = server.requests().iter().any(|request| request.contains("/secrets?"));
                assert!(!is_listed, "{name}: a refused request for keys looks like an attack");
                continue;
            };
            assert!(stderr.contains("  because: it does not open: sealed with "), "{name}: {stderr}");
            assert!(stderr.contains(because), "{name}: {stderr}");
            assert!(name == "revoked" || stderr.contains(&noted[..12]), "{name}: {stderr}");
        }
    }
}

#[test]
fn nothing_is_written_unless_all_of_it_is_resealed() {
    let refused = ("rotate", 409, String::new());
    let server = Server::start(vec![service(), rotated("db", "{}"), refused]);
    let file = tempfile::NamedTempFile::new().unwrap();
    let before = format!("{SEALED}---\n{SEALED}");
    std::fs::write(file.path(), &before).unwrap();
    let output = run_on(&server, &["--re-encrypt", "-f", file.path().to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), before);
}

#[test]
fn without_a_namespace_it_fails_and_a_flag_gives_one() {
    let none = whole().replace("  namespace: shop\n", "");
    for (job, path) in [("--validate", "verify"), ("--re-encrypt", "rotate")] {
        let server = Server::start(vec![service(), (path, 409, String::new())]);
        let stderr = String::from_utf8(run_on(&server, &[job], none.as_bytes()).stderr).unwrap();
        assert!(
            stderr.contains("hint: it names no namespace") && stderr.contains("-n NAMESPACE"),
            "{stderr}"
        );
        let stderr =
            String::from_utf8(run_on(&server, &[job, "-n", "shop"], none.as_bytes()).stderr).unwrap();
        assert!(stderr.contains("hint: it was sealed for another cluster"), "{stderr}");
        assert!(server.requests().last().unwrap().contains(r#""namespace":"shop""#));
        // The namespace in the object wins.
        run_on(&server, &[job, "-n", "other"], SEALED.as_bytes());
        assert!(server.requests().last().unwrap().contains(r#""namespace":"shop""#));
    }
    let server = Server::start(vec![service(), rotated("db", "{}")]);
    let output = run_on(&server, &["--re-encrypt", "-n", "shop", "-o", "yaml"], none.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("AgNEW=") && !text.contains("shop"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_file_that_changed_while_the_controller_resealed_it_is_left_alone() {
    let server = Server::start(vec![service(), rotated("db", "{}")]);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    std::fs::write(&path, SEALED).unwrap();
    // The kubeconfig is a pipe: it can be read only after the test writes it, when the input file has been read.
    let pipe = directory.path().join("kubeconfig");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let arguments = ["--kubeconfig", pipe.to_str().unwrap(), "--re-encrypt", "-f", path.to_str().unwrap()];
    let child = program(&arguments).spawn().unwrap();
    let kubeconfig = std::fs::read(server.kubeconfig("{}").path()).unwrap();
    let mut writer = std::fs::File::options().write(true).open(&pipe).unwrap();
    assert!(std::fs::File::open(&path).unwrap().try_lock().is_err(), "another of us would not wait");
    // An editor takes no lock.
    let saved = format!("{SEALED}# saved meanwhile\n");
    std::fs::write(&path, &saved).unwrap();
    std::io::Write::write_all(&mut writer, &kubeconfig).unwrap();
    drop(writer);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1) && stderr.contains("another program changed it meanwhile"),
        "{stderr}"
    );
    assert!(server.requests().iter().any(|request| request.starts_with("POST ")), "it was not resealed");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), saved);
}
