//! Fetches the certificate from a server, and shows what was requested.

use crate::support::program::{fixture, run};
use crate::support::server::{Line, PORTS, Server};
use std::process::Output;

pub(super) fn lines() -> Vec<Line> {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    vec![("/services/sealed-secrets-controller", 200, PORTS.into()), ("/proxy/v1/cert.pem", 200, pem)]
}

pub(super) fn fetch(server: &Server, user: &str, arguments: &[&str]) -> Output {
    let kubeconfig = server.kubeconfig(user);
    run(&[&["--fetch-cert", "--kubeconfig", kubeconfig.path().to_str().unwrap()], arguments].concat(), b"")
}

/// The requests of a successful run as this user and with these flags.
pub(super) fn requests(user: &str, arguments: &[&str]) -> String {
    let server = Server::start_tls(lines(), false);
    let output = fetch(&server, user, &[&["--insecure-skip-tls-verify"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    server.requests().concat()
}
