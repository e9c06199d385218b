//! `reseal` by the controller, with prepared answers of its `/v1/rotate`.

use super::tree::{PRESENT, Tree, old};
use crate::support::program::{fixture, run};
use crate::support::server::{Line, PORTS, Server};
use std::fs;
use std::path::Path;
use std::process::Output;

pub(super) fn rotated(hint: &str) -> Line {
    let rotated = format!(
        r#"{{"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {{"name": "db", "namespace": "shop", "annotations": {{"sealedsecrets.bitnami.com/certificate-fingerprint": "{hint}"}}}}, "spec": {{"encryptedData": {{"password": "AgNEW=", "user": "AgNEW="}}}}}}"#
    );
    ("rotate", 200, rotated)
}

pub(super) fn online(tree: &Path, lines: Vec<Line>, arguments: &[&str]) -> (Output, Vec<String>) {
    let certificate = fs::read_to_string(fixture("test-only.crt")).unwrap();
    let all = [
        vec![("/services/sealed-secrets-controller", 200, PORTS.to_owned()), ("cert.pem", 200, certificate)],
        lines,
    ];
    let server = Server::start(all.concat());
    let kubeconfig = server.kubeconfig("{}");
    let flags = ["reseal", "--kubeconfig", kubeconfig.path().to_str().unwrap(), tree.to_str().unwrap()];
    (run(&[&flags[..], arguments].concat(), b""), server.requests())
}

#[test]
fn the_controller_reseals() {
    let old = old();
    for hint in [PRESENT.to_owned(), "0a".repeat(32)] {
        let tree = Tree::new(&[("a.yaml", &old), ("new.yaml", &old.replace(&"0a".repeat(32), PRESENT))]);
        let busy = || ("rotate", 429, String::new());
        let (output, requests) = online(tree.0.path(), vec![busy(), rotated(&hint)], &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(requests.iter().filter(|request| request.contains("/v1/rotate")).count(), 2);
        let after = tree.text("a.yaml");
        assert_eq!(after.matches("AgNEW=").count(), 2, "{after}");
        // Upstream's controller keeps the old fingerprint.
        assert!(after.contains(PRESENT) && after.contains("\n  # Ours.\n"), "{after}");
    }
}

#[test]
fn what_the_controller_refuses_is_listed_and_the_rest_goes_on() {
    let old = old();
    let tree = Tree::new(&[("a.yaml", &old), ("b.yaml", &old), ("c.yaml", &old)]);
    let lines = vec![
        ("rotate", 409, String::new()),
        ("rotate", 200, rotated("").2.replace("\"db\"", "\"x\"")),
        rotated(PRESENT),
    ];
    let (output, _) = online(tree.0.path(), lines, &[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = tree.printed(&output.stderr);
    assert!(
        stderr.contains("a.yaml: document 1 (SealedSecret shop/db), line 2: the controller cannot open it\n"),
        "{stderr}"
    );
    assert!(
        stderr.contains("b.yaml: document 1 (SealedSecret shop/db), line 2: what the controller answered"),
        "{stderr}"
    );
    assert!(tree.text("a.yaml") == old && tree.text("b.yaml") == old);
    assert!(tree.text("c.yaml").contains("AgNEW="));
}

/// What `/v1/rotate` says of an annotation between what is read and what is written.
#[test]
fn an_annotation_that_is_too_long_has_a_way_out() {
    let old = old();
    let tree = Tree::new(&[("a.yaml", &old), ("b.yaml", &old)]);
    let long = "the annotation for the recipients would have 230000 bytes; the most is 204800, so that /v1/rotate cannot write \
                sealedsecrets.bitnami.com/recipients: with `layout: per-cluster`, the rule for its file makes an ordinary SealedSecret \
                for each cluster; the controller unseals it all the same\n";
    let (output, _) = online(tree.0.path(), vec![("rotate", 413, long.into()), rotated(PRESENT)], &[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = tree.printed(&output.stderr);
    assert!(stderr.contains("a.yaml: ") && stderr.contains("would have 230000 bytes"), "{stderr}");
    assert!(stderr.contains("hint: write layout: per-cluster into the rule"), "{stderr}");
    assert!(!stderr.contains("seal fewer or smaller values"), "{stderr}");
    assert!(tree.text("a.yaml") == old && tree.text("b.yaml").contains("AgNEW="));
}

#[test]
fn a_cluster_that_keeps_failing_gets_a_bounded_number_of_requests() {
    let old = old();
    let names: Vec<String> = (0..6).map(|n| format!("{n}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), old.as_str())).collect();
    let tree = Tree::new(&files);
    let (output, requests) = online(tree.0.path(), vec![("rotate", 403, String::new())], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(requests.iter().filter(|request| request.starts_with("POST ")).count(), 3);
    assert_eq!(tree.printed(&output.stderr).matches("it was not tried").count(), 3);
}

#[test]
fn what_upstreams_controller_cannot_open_does_not_stop_the_rest() {
    let old = old();
    let names: Vec<String> = (0..6).map(|n| format!("{n}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), old.as_str())).collect();
    let tree = Tree::new(&files);
    let cannot = || ("rotate", 500, "Error rotating".to_owned());
    let lines = vec![cannot(), cannot(), cannot(), cannot(), rotated(PRESENT)];
    let (output, requests) = online(tree.0.path(), lines, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(requests.iter().filter(|request| request.contains("/v1/rotate")).count(), 6);
    let stderr = tree.printed(&output.stderr);
    assert_eq!(stderr.matches("the controller could not open it, or failed").count(), 4, "{stderr}");
    assert!(stderr.contains("answered 500") && stderr.contains("the log of the controller"), "{stderr}");
    assert!(tree.text("4.yaml").contains("AgNEW=") && tree.text("5.yaml").contains("AgNEW="));
}

#[test]
fn the_certificate_of_the_controller_counts_where_it_reseals() {
    let tree = Tree::new(&[("a.yaml", &old())]);
    // Upstream's controller keeps the old fingerprint.
    let lines = vec![rotated(&"0a".repeat(32))];
    let (output, _) = online(tree.0.path(), lines, &["--cert", "expired.crt", "--warn=always"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("that of --cert is not used"));
    assert!(tree.text("a.yaml").contains(PRESENT));
}

#[test]
fn a_check_requests_only_the_certificate() {
    let tree = Tree::new(&[("a.yaml", &old())]);
    let (output, requests) = online(tree.0.path(), vec![], &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
}
