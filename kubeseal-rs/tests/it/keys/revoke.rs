//! `keys revoke` where a request fails: the leaked key is revoked anyway, or an error says that it is not.

use crate::support::key_lines::{
    KEY, LABELLED, LEGACY, SEALED, changed, key, key_lines, list, nothing_sealed,
};
use crate::support::program::{fixture, run, run_unread};
use crate::support::server::{Line, Server, status};

const KUBECTL_COMMAND: &str = "`kubectl label secret -n kube-system sealed-secrets-keyabcde \
                       sealedsecrets.bitnami.com/sealed-secrets-key=compromised --overwrite";

fn fingerprint() -> String {
    let certificate =
        envelope::Certificate::from_pem(&std::fs::read_to_string(fixture("test-only.crt")).unwrap());
    certificate.unwrap().fingerprint().to_string()
}

/// Revokes the fixture's key: exit code, standard output, standard error, and whether the key was labelled.
fn revoke(lines: Vec<Line>, flags: &[&str]) -> (Option<i32>, String, String, bool) {
    let fingerprint = fingerprint();
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "revoke", &fingerprint], flags, &connection].concat(), b"");
    let is_label = |request: &String| request.starts_with("PATCH ") && request.contains("\"compromised\"");
    let labelled = server.requests().iter().any(is_label);
    let [printed, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), printed, error, labelled)
}

fn with(mut lines: Vec<Line>, more: impl IntoIterator<Item = Line>) -> Vec<Line> {
    lines.extend(more);
    lines
}

#[test]
fn a_key_is_revoked_even_if_no_new_key_comes() {
    let failing =
        || vec![(LABELLED, 200, list(&[key()])), (LABELLED, 500, String::new()), (LEGACY, 200, list(&[]))];
    let forbidden = || {
        vec![
            (LABELLED, 200, list(&[key()])),
            (LABELLED, 403, status(403, "Forbidden", "no")),
            (LEGACY, 200, list(&[])),
        ]
    };
    for (what, lines) in [
        ("no new key comes", key_lines()),
        ("the looks fail", failing()),
        ("looks are forbidden", forbidden()),
    ] {
        let lines = with(lines, [changed(), nothing_sealed()]);
        let (code, printed, error, labelled) = revoke(lines, &["--yes", "--timeout", "1s"]);
        assert!(code == Some(1) && labelled, "{what}: {printed}{error}");
        assert!(
            printed.contains("is revoked (Secret kube-system/sealed-secrets-keyabcde)"),
            "{what}: {printed}"
        );
        assert!(printed.contains("Nothing that was looked at was sealed with it"), "{what}: {printed}");
        assert!(error.contains("IS REVOKED, but there is no new key yet"), "{what}: {error}");
        assert!(error.contains("nothing can be sealed before there is one"), "{what}: {error}");
    }
}

#[test]
fn without_a_label_it_says_so_and_how() {
    let no = || status(403, "Forbidden", "no patch");
    let (code, printed, error, _) = revoke(with(key_lines(), [(KEY, 403, no())]), &["--yes"]);
    assert!(code == Some(1) && printed.is_empty(), "{printed}");
    assert!(error.contains(" is NOT REVOKED\n") && error.contains(KUBECTL_COMMAND), "{error}");
    assert!(error.contains("--overwrite --kubeconfig /"), "it is about another cluster: {error}");
    assert!(error.contains("the right to patch secrets"), "{error}");
    // Another user may do it.
    let (_, _, error, _) = revoke(with(key_lines(), [(KEY, 403, no())]), &["--yes", "--as=alice"]);
    assert!(error.contains("--overwrite --kubeconfig /") && !error.contains("alice"), "{error}");

    // Without a terminal and without `--yes`, nothing is revoked.
    let (code, _, error, labelled) = revoke(key_lines(), &[]);
    assert!(code == Some(1) && !labelled && error.contains(" is NOT REVOKED\n"), "{error}");
    assert!(error.contains("--yes") && error.contains(KUBECTL_COMMAND), "{error}");

    let (code, _, error, _) = revoke(vec![(LABELLED, 403, no())], &["--yes"]);
    assert!(code == Some(1) && error.contains(" is NOT REVOKED\n"), "{error}");
    assert!(error.contains("`kubectl label secret -n kube-system SECRET "), "{error}");
}

#[test]
fn a_key_that_is_revoked_already_is_said_to_be() {
    let mut leaked = key();
    leaked["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = "compromised".into();
    let lines = vec![(LABELLED, 200, list(&[leaked])), (LEGACY, 200, list(&[])), nothing_sealed()];
    let (code, printed, error, labelled) = revoke(lines, &["--yes"]);
    assert!(code == Some(0) && !labelled, "{error}");
    let first =
        format!("{} is revoked already (Secret kube-system/sealed-secrets-keyabcde)\n", &fingerprint()[..12]);
    assert!(printed.starts_with(&first), "{printed}");
}

#[test]
fn the_newest_can_be_revoked_without_a_new_one() {
    let lines = with(key_lines(), [changed(), nothing_sealed()]);
    let (code, printed, error, labelled) = revoke(lines, &["--yes", "--no-renew"]);
    assert!(code == Some(0) && labelled, "{printed}{error}");
    assert!(!printed.contains("new key"), "{printed}");
}

#[test]
fn resealed_objects_are_listed_and_git_finds_their_old_values() {
    let (_, printed, error, _) =
        revoke(with(key_lines(), [changed(), nothing_sealed()]), &["--yes", "--no-renew"]);
    assert!(printed.contains("also one that was resealed since"), "{printed}{error}");
    let command = printed.lines().find_map(|line| line.strip_prefix("  git log --all -S ")).unwrap();
    let certificate = fixture("test-only.crt");
    let secret = b"{kind: Secret, apiVersion: v1, metadata: {name: a, namespace: b}, stringData: {c: d}}";
    let sealed = run(&["--cert", certificate.to_str().unwrap(), "-o", "yaml"], secret);
    let sealed = String::from_utf8(sealed.stdout).unwrap();
    assert_eq!(sealed.matches(command).count(), 1, "{command}: {sealed}");
}

#[test]
fn what_the_files_show_is_printed_without_the_cluster() {
    let lines = with(key_lines(), [changed(), (SEALED, 403, status(403, "Forbidden", "not you"))]);
    let (code, printed, error, labelled) =
        revoke(lines, &["--yes", "--no-renew", "nowhere.yaml", "--warn=always"]);
    assert!(code == Some(0) && labelled, "{error}");
    assert!(printed.contains("nowhere.yaml: ") && printed.contains("condition Compromised"), "{printed}");
    assert!(error.contains("the right to list sealedsecrets.bitnami.com"), "{error}");
}

#[test]
fn a_new_key_is_requested_and_its_absence_printed_with_stdout_closed() {
    let mut other = key();
    other["metadata"]["name"] = serde_json::json!("sealed-secrets-keyother");
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, day) =
        (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24), jiff::SignedDuration::from_hours(48));
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", start, day).unwrap();
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    other["data"] = serde_json::json!({
        "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()),
    });
    let (_, _, metadata) = changed();
    let server = Server::start(vec![
        (LABELLED, 200, list(&[key(), other])),
        (LEGACY, 200, list(&[])),
        changed(),
        ("/secrets/sealed-secrets-keyother?", 200, metadata),
        nothing_sealed(),
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let arguments = [
        "keys",
        "revoke",
        &fingerprint(),
        "--yes",
        "--timeout",
        "1s",
        "--kubeconfig",
        kubeconfig.path().to_str().unwrap(),
    ];
    let (code, error) = run_unread(&arguments, b"");
    let requests = server.requests();
    // The revoked key carried the request for renewal. The remaining key is annotated instead.
    let last = requests.iter().rfind(|request| request.starts_with("PATCH ")).unwrap();
    assert!(
        last.contains("sealed-secrets-keyother") && last.contains("sealedsecrets.bitnami.com/renew"),
        "{last}"
    );
    assert!(code == Some(1) && error.contains("IS REVOKED, but there is no new key yet"), "{error}");
}

/// The certificate was renewed for the same key: files name the key by the old one, which is still in the repository.
#[test]
fn files_that_name_another_certificate_of_the_key_are_listed() {
    let read = |name: &str| std::fs::read_to_string(fixture(name)).unwrap();
    let pair = envelope::KeyPair::from_pem(&read("test-only.key"), &read("test-only.crt")).unwrap();
    let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let earlier = envelope::issue(&mut rand::rngs::SysRng, pair.private(), "", start, day).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for directory in [".git/objects", ".sealed-secrets"] {
        std::fs::create_dir_all(path(directory)).unwrap();
    }
    std::fs::write(path(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    std::fs::write(path(".sealed-secrets/eu-2025.pem"), earlier.to_pem()).unwrap();
    let mut sealed = serde_json::json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
        "metadata": { "name": "db", "namespace": "shop", "annotations": {} },
        "spec": { "encryptedData": { "password": "AgA=" } },
    });
    let bytes = |length| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, vec![7; length]);
    let document = serde_json::json!({ "v": 1, "groups": [{
        "to": [{ "cert": earlier.fingerprint().to_string(), "key": "AAAA" }],
        "items": { "password": bytes(60) }, "commits": { "password": bytes(32) },
    }] });
    sealed["metadata"]["annotations"]["sealedsecrets.bitnami.com/recipients"] = document.to_string().into();
    std::fs::write(path("db.json"), sealed.to_string()).unwrap();

    let lines = with(key_lines(), [changed(), nothing_sealed()]);
    let file = path("db.json");
    let (code, printed, error, labelled) = revoke(lines, &["--yes", "--no-renew", file.to_str().unwrap()]);
    assert!(code == Some(0) && labelled, "{printed}{error}");
    let (known, _) = printed.split_once("Sealing the old values anew").expect("a value can be read");
    assert!(known.contains("db.json: document 1 (SealedSecret shop/db)") && known.contains(": password\n"));
    for certificate in [fingerprint(), earlier.fingerprint().to_string()] {
        assert!(printed.contains(&format!("  git log --all -S {certificate}\n")), "{printed}");
    }
}
