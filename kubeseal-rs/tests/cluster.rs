//! The certificate through an API server: the two requests, and each way in which they fail.
//!
//! The server here only says its lines. The real one is asked in the package `tests`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/program.rs"]
mod program;

use program::{fixture, run};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Output;

const SERVICE: &str = "/api/v1/namespaces/kube-system/services/sealed-secrets-controller";
const PROXY: &str =
    "/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:web/proxy/v1/cert.pem";
const PORTS: &str =
    r#"{"metadata": {}, "spec": {"ports": [{"name": "web", "port": 80}, {"name": "metrics", "port": 81}]}}"#;

/// Path, status and body of what the server answers.
type Line = (&'static str, u16, String);

fn status(code: u16, reason: &str, message: &str) -> String {
    format!(
        r#"{{"kind": "Status", "apiVersion": "v1", "metadata": {{}}, "status": "Failure", "message": "{message}", "reason": "{reason}", "code": {code}}}"#
    )
}

fn answer(stream: &TcpStream, lines: &[Line]) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut header = String::from("x");
        while !header.trim().is_empty() {
            header.clear();
            reader.read_line(&mut header)?;
        }
        let path = request.split(' ').nth(1).unwrap_or_default();
        let unknown = (path, 500, String::from("unexpected"));
        let line =
            lines.iter().map(|(path, code, body)| (*path, *code, body.clone())).find(|line| line.0 == path);
        let (_, code, body) = line.unwrap_or(unknown);
        let mut stream = stream;
        write!(stream, "HTTP/1.1 {code} X\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
    }
}

/// Runs `--fetch-cert` against a server that says these lines.
fn fetch(scheme: &str, lines: Vec<Line>) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // A client that hangs up early is part of some tests.
            let _ = answer(&stream, &lines);
        }
    });
    let kubeconfig = tempfile::NamedTempFile::new().unwrap();
    let text = std::fs::read_to_string(fixture("kubeconfig.yaml")).unwrap();
    std::fs::write(
        kubeconfig.path(),
        text.replace("http://127.0.0.1:1", &format!("{scheme}://127.0.0.1:{port}")),
    )
    .unwrap();
    run(&["--fetch-cert", "--kubeconfig", kubeconfig.path().to_str().unwrap()], b"")
}

/// Fails, and says all of these.
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
    let output = fetch("http", vec![(SERVICE, 200, PORTS.into()), (PROXY, 200, pem.clone())]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(pem.ends_with(&printed) && printed.starts_with("-----BEGIN CERTIFICATE-----\n"));
}

#[test]
fn no_such_service() {
    let output = fetch("http", vec![(SERVICE, 404, status(404, "NotFound", "services not found"))]);
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
    let output = fetch("http", vec![(SERVICE, 403, status(403, "Forbidden", "jane cannot"))]);
    assert_says(&output, &["jane cannot", "\"get\" on services in namespace kube-system", "--cert FILE"]);
}

#[test]
fn forbidden_to_use_the_proxy() {
    let forbidden = status(403, "Forbidden", "jane cannot");
    let output = fetch("http", vec![(SERVICE, 200, PORTS.into()), (PROXY, 403, forbidden)]);
    assert_says(&output, &["jane cannot", "\"get\" on services/proxy in namespace kube-system"]);
}

#[test]
fn the_controller_does_not_run() {
    let unavailable = status(503, "ServiceUnavailable", "no endpoints available");
    let output = fetch("http", vec![(SERVICE, 200, PORTS.into()), (PROXY, 503, unavailable)]);
    assert_says(&output, &["no endpoints available", "the controller is not running"]);
}

#[test]
fn another_service_answers() {
    let output = fetch("http", vec![(SERVICE, 200, PORTS.into()), (PROXY, 404, "404 page not found".into())]);
    assert_says(&output, &["404 page not found", "not the controller's"]);
    let output = fetch("http", vec![(SERVICE, 200, PORTS.into()), (PROXY, 200, "<html>".into())]);
    assert_says(&output, &["found no PEM block"]);
}

#[test]
fn a_service_without_ports() {
    let output = fetch("http", vec![(SERVICE, 200, r#"{"metadata": {}, "spec": {}}"#.into())]);
    assert_says(&output, &["has no port", "--controller-name"]);
}

#[test]
fn the_credentials_are_not_accepted() {
    let output = fetch("http", vec![(SERVICE, 401, status(401, "Unauthorized", "Unauthorized"))]);
    assert_says(&output, &["does not accept your credentials", "kubectl auth whoami"]);
}

#[test]
fn something_else_listens_there() {
    let output = fetch("http", vec![(SERVICE, 200, "<html>".into())]);
    assert_says(&output, &["not a Kubernetes API server's"]);
}

#[test]
fn tls_fails() {
    let output = fetch("https", vec![]);
    assert_says(&output, &["TLS failed", "certificate-authority", "--context NAME"]);
}
