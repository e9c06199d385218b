//! The recorded certificate fingerprint is checked with the cluster's keys, where the user may list them.

use super::tree::{PRESENT, SECRET, Tree, old};
use super::with_controller::{answer, online};
use crate::support::key_lines::key_lines;
use crate::support::program::run;
use crate::support::server::Line;
use std::fs;

/// What another certificate sealed, under the hint of the present one.
fn misnoted() -> String {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (now, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", now, 60 * day).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("other.crt");
    fs::write(&file, certificate.to_pem()).unwrap();
    let output = run(&["--cert", file.to_str().unwrap(), "-o", "yaml"], SECRET);
    String::from_utf8(output.stdout).unwrap().replace(&certificate.fingerprint().to_string(), PRESENT)
}

/// Whether the user may list the keys, which are there.
fn keys_for(allowed: bool) -> Vec<Line> {
    let review = serde_json::json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {}, "spec": {},
        "status": { "allowed": allowed },
    });
    [vec![("/selfsubjectaccessreviews?", 201, review.to_string())], key_lines()].concat()
}

#[test]
fn a_hint_is_checked_with_the_keys_of_the_cluster_where_they_may_be_read() {
    let tree = Tree::new(&[("a.yaml", &misnoted())]);
    let (output, _) = online(tree.0.path(), keys_for(true), &["--check"]);
    let told = tree.told(&output.stdout);
    assert!(
        told.contains("a.yaml: document 1 (SealedSecret shop/db), line 2: sealed to an unknown certificate"),
        "{told}"
    );
    // Where they may not, it is believed, and nobody tries to list them.
    let (output, asked) = online(tree.0.path(), keys_for(false), &["--check"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!asked.iter().any(|request| request.contains("/secrets?")), "{asked:?}");
    let (output, _) = online(tree.0.path(), [keys_for(true), vec![answer(PRESENT)]].concat(), &[]);
    let told = tree.told(&output.stdout);
    assert!(told.contains("1 resealed, 0 up to date") && tree.text("a.yaml").contains("AgNEW="), "{told}");

    // What another program sealed needs no reseal either, where a key tells.
    let unnoted = old().replace("certificate-fingerprint", "x");
    let tree = Tree::new(&[("a.yaml", &unnoted)]);
    let (output, _) = online(tree.0.path(), keys_for(true), &[]);
    let told = tree.told(&output.stdout);
    assert!(told.contains("0 resealed, 1 up to date"), "{told}");
}

#[test]
fn all_is_resealed_where_all_is_asked_for() {
    let tree = Tree::new(&[("a.yaml", &old().replace(&"0a".repeat(32), PRESENT)), ("b.yaml", &misnoted())]);
    let (output, _) = online(tree.0.path(), vec![answer(PRESENT)], &["--all"]);
    let told = tree.told(&output.stdout);
    assert!(output.status.success() && told.contains("2 resealed, 0 up to date"), "{told}");
    let (code, _, error) = tree.run(&["--all", "--check"]);
    assert!(code == Some(2) && error.contains("--check and --all exclude each other"), "{error}");
}
