//! The certificate through an API server: the two requests, and each way in which they fail.

use crate::support::program::{fixture, run};
use crate::support::server::{Line, PORTS, Server, status};
use std::process::Output;

const SERVICE: &str = "/services/sealed-secrets-controller";
const PROXY: &str = "/proxy/v1/cert.pem";

/// Runs `--fetch-cert` against a server with these prepared responses.
fn fetch(lines: Vec<Line>) -> Output {
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    run(&["--fetch-cert", "--kubeconfig", kubeconfig.path().to_str().unwrap()], b"")
}

/// Asserts that the run failed, and that its error contains all of these words.
fn assert_says(output: &Output, words: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(output.stdout.is_empty());
    for word in words {
        assert!(stderr.contains(word), "no {word:?} in:\n{stderr}");
    }
}

#[test]
fn the_certificate_comes_through_the_first_port() {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    let output = fetch(vec![(SERVICE, 200, PORTS.into()), (PROXY, 200, pem.clone())]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(pem.ends_with(&printed) && printed.starts_with("-----BEGIN CERTIFICATE-----\n"));
}

#[test]
fn no_such_service() {
    let output = fetch(vec![(SERVICE, 404, status(404, "NotFound", "services not found"))]);
    assert_says(
        &output,
        &[
            "kube-system/sealed-secrets-controller",
            "http://127.0.0.1:",
            "(context \"plain\")",
            "--controller-name",
            "--controller-namespace",
        ],
    );
}

#[test]
fn forbidden_to_see_the_service() {
    let output = fetch(vec![(SERVICE, 403, status(403, "Forbidden", "jane cannot"))]);
    assert_says(&output, &["jane cannot", "right to get services in namespace kube-system", "--cert FILE"]);
}

#[test]
fn forbidden_to_use_the_proxy() {
    let forbidden = status(403, "Forbidden", "jane cannot");
    let output = fetch(vec![(SERVICE, 200, PORTS.into()), (PROXY, 403, forbidden)]);
    assert_says(&output, &["jane cannot", "right to get services/proxy in namespace kube-system"]);
}

#[test]
fn the_controller_does_not_run() {
    let unavailable = status(503, "ServiceUnavailable", "no endpoints available");
    let output = fetch(vec![(SERVICE, 200, PORTS.into()), (PROXY, 503, unavailable)]);
    assert_says(&output, &["no endpoints available", "the controller is not running"]);
}

#[test]
fn another_service_answers() {
    let output = fetch(vec![(SERVICE, 200, PORTS.into()), (PROXY, 404, "404 page not found".into())]);
    assert_says(&output, &["404 page not found", "not the controller's"]);
    let output = fetch(vec![(SERVICE, 200, PORTS.into()), (PROXY, 200, "<html>".into())]);
    assert_says(&output, &["found no PEM block"]);
}

#[test]
fn a_service_without_ports() {
    let output = fetch(vec![(SERVICE, 200, r#"{"metadata": {}, "spec": {}}"#.into())]);
    assert_says(&output, &["has no port", "--controller-name"]);
}

#[test]
fn the_credentials_are_not_accepted() {
    let output = fetch(vec![(SERVICE, 401, status(401, "Unauthorized", "Unauthorized"))]);
    assert_says(&output, &["does not accept your credentials", "kubectl auth whoami"]);
}

#[test]
fn something_else_listens_there() {
    let output = fetch(vec![(SERVICE, 200, "<html>".into())]);
    assert_says(&output, &["not a Kubernetes API server's"]);
}
