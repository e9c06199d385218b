//! The recorded certificate fingerprint is checked with the cluster's keys, where the user may list them.

use super::tree::{PRESENT, SECRET, Tree, old};
use super::with_controller::{online, rotated};
use crate::support::key_lines::key_lines;
use crate::support::program::run;
use crate::support::server::Line;
use std::fs;

/// A SealedSecret that another certificate sealed, with the fingerprint of the present one.
fn with_wrong_fingerprint() -> String {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (now, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", now, 60 * day).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("other.crt");
    fs::write(&file, certificate.to_pem()).unwrap();
    let output = run(&["--cert", file.to_str().unwrap(), "-o", "yaml"], SECRET);
    String::from_utf8(output.stdout).unwrap().replace(&certificate.fingerprint().to_string(), PRESENT)
}

/// Responses of a cluster with one key, which the user may list or not.
fn keys_for(allowed: bool) -> Vec<Line> {
    let review = serde_json::json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {}, "spec": {},
        "status": { "allowed": allowed },
    });
    [vec![("/selfsubjectaccessreviews?", 201, review.to_string())], key_lines()].concat()
}

#[test]
fn a_hint_is_checked_with_the_keys_of_the_cluster_where_they_may_be_read() {
    let tree = Tree::new(&[("a.yaml", &with_wrong_fingerprint())]);
    let (output, _) = online(tree.0.path(), keys_for(true), &["--check"]);
    let printed = tree.printed(&output.stdout);
    assert!(
        printed.contains(
            "a.yaml: document 1 (SealedSecret shop/db), line 2: names the present certificate, whose key does not open it\n"
        ),
        "{printed}"
    );
    let error = tree.printed(&output.stderr);
    assert!(error.contains("hint: what names the present certificate has items of an older one"), "{error}");
    assert!(!error.contains("without --check"), "{error}");
    // Where the user may not list keys, the annotation is believed, and no list is requested.
    let (output, requests) = online(tree.0.path(), keys_for(false), &["--check"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!requests.iter().any(|request| request.contains("/secrets?")), "{requests:?}");
    let (output, _) = online(tree.0.path(), [keys_for(true), vec![rotated(PRESENT)]].concat(), &[]);
    let printed = tree.printed(&output.stdout);
    assert!(
        printed.contains("1 resealed, 0 up to date") && tree.text("a.yaml").contains("AgNEW="),
        "{printed}"
    );

    // An object of another program needs no reseal either, if a key shows that it is current.
    let without_fingerprint = old().replace("certificate-fingerprint", "x");
    let tree = Tree::new(&[("a.yaml", &without_fingerprint)]);
    let (output, _) = online(tree.0.path(), keys_for(true), &[]);
    let printed = tree.printed(&output.stdout);
    assert!(printed.contains("0 resealed, 1 up to date"), "{printed}");
}

#[test]
fn all_reseals_everything() {
    let tree = Tree::new(&[
        ("a.yaml", &old().replace(&"0a".repeat(32), PRESENT)),
        ("b.yaml", &with_wrong_fingerprint()),
    ]);
    let (output, _) = online(tree.0.path(), vec![rotated(PRESENT)], &["--all"]);
    let printed = tree.printed(&output.stdout);
    assert!(output.status.success() && printed.contains("2 resealed, 0 up to date"), "{printed}");
    let (code, _, error) = tree.run(&["--all", "--check"]);
    assert!(code == Some(2) && error.contains("--check and --all exclude each other"), "{error}");
}
