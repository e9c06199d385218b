//! The whole error message for each failure of the cluster: what was tried, what the server answered, what to do next.
//!
//! One file per case in `tests/error_messages`; `ERROR_MESSAGES=overwrite` writes them anew.

use crate::support::program::{fixture, run};
use crate::support::server::{HANGS, Line, PORTS, Server, status};
use std::path::Path;

const SERVICE: &str = "/services/sealed-secrets-controller";
const SEALED: &[u8] =
    b"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\n\
                        spec: {encryptedData: {password: AgA=}}\n";

fn check(case: &str, server: &Server, arguments: &[&str], input: &[u8]) {
    let kubeconfig = server.kubeconfig("{}");
    let all = [&["--kubeconfig", kubeconfig.path().to_str().unwrap()], arguments].concat();
    let output = run(&all, input);
    assert_eq!(output.status.code(), Some(1), "{case}");
    assert!(output.stdout.is_empty(), "{case}");
    let printed = server.printed(&output.stderr);
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/error_messages").join(format!("{case}.stderr"));
    if std::env::var_os("ERROR_MESSAGES").is_some() {
        std::fs::write(&file, &printed).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(printed == expected, "{case} prints:\n{printed}\ninstead of:\n{expected}");
}

fn service() -> Line {
    (SERVICE, 200, PORTS.into())
}

fn forbidden(what: &str) -> String {
    let message =
        format!("services \\\"sealed-secrets-controller\\\" is forbidden: User \\\"jane\\\" cannot {what}");
    status(403, "Forbidden", &message)
}

#[test]
fn another_name_or_namespace() {
    let absent = status(404, "NotFound", "services \\\"sealed-secrets-controller\\\" not found");
    let server = Server::start(vec![(SERVICE, 404, absent)]);
    check("no-such-service", &server, &["--fetch-cert"], b"");
    let absent = status(404, "NotFound", "services \\\"sealed-secrets\\\" not found");
    let server = Server::start(vec![("/namespaces/sealed/services/sealed-secrets", 404, absent)]);
    let names = ["--controller-name=sealed-secrets", "--controller-namespace=sealed"];
    check("no-such-service-of-these-names", &server, &[&["--fetch-cert"], &names[..]].concat(), b"");
}

#[test]
fn another_service_answers() {
    let server = Server::start(vec![service(), ("cert.pem", 404, "404 page not found".into())]);
    check("not-the-controller", &server, &["--fetch-cert"], b"");
    let server = Server::start(vec![service(), ("verify", 404, String::new())]);
    check("verify-not-found", &server, &["--validate"], SEALED);
}

#[test]
fn rights_are_missing() {
    let server = Server::start(vec![(SERVICE, 403, forbidden("get resource"))]);
    check("forbidden-service", &server, &["--fetch-cert"], b"");
    let server = Server::start(vec![service(), ("cert.pem", 403, forbidden("get resource services/proxy"))]);
    check("forbidden-certificate", &server, &["--fetch-cert"], b"");
    let server = Server::start(vec![service(), ("verify", 403, forbidden("create resource services/proxy"))]);
    check("forbidden-verify", &server, &["--validate"], SEALED);
    let server = Server::start(vec![service(), ("rotate", 403, forbidden("create resource services/proxy"))]);
    check("forbidden-reseal", &server, &["--re-encrypt"], SEALED);
}

#[test]
fn the_controller_is_unavailable() {
    let away = status(503, "ServiceUnavailable", "no endpoints available for service");
    let server = Server::start(vec![service(), ("cert.pem", 503, away)]);
    check("unavailable", &server, &["--fetch-cert"], b"");
    let keyless = "there is no sealing key yet\n".to_owned();
    let server = Server::start(vec![service(), ("cert.pem", 503, keyless)]);
    check("no-key", &server, &["--fetch-cert"], b"");
    let waiting =
        "the sealing keys are wrapped, and not unwrapped yet: the key management service does not answer\n"
            .to_owned();
    let server = Server::start(vec![service(), ("cert.pem", 503, waiting)]);
    check("keys-wait", &server, &["--fetch-cert"], b"");
}

#[test]
fn what_does_not_answer_in_time_is_named() {
    for (case, path, arguments, input) in [
        ("controller-hangs", "cert.pem", "--fetch-cert", &b""[..]),
        ("controller-hangs-verify", "verify", "--validate", SEALED),
        ("api-server-hangs", SERVICE, "--fetch-cert", b""),
    ] {
        let server = Server::start(vec![(path, HANGS, String::new()), service()]);
        check(case, &server, &["--request-timeout=1s", arguments], input);
    }
}

#[test]
fn it_does_not_open() {
    let server =
        Server::start(vec![service(), ("verify", 409, String::new()), ("rotate", 409, String::new())]);
    // A value of the length of a sealed one: what is cut off is named instead.
    let whole = String::from_utf8_lossy(SEALED).replace("AgA=", &format!("AQAA{}AA==", "AAAA".repeat(90)));
    check("does-not-open", &server, &["--validate"], whole.as_bytes());
    check("does-not-reseal", &server, &["--re-encrypt"], whole.as_bytes());
}

#[test]
fn the_controller_refuses() {
    let server =
        Server::start(vec![service(), ("verify", 413, String::new()), ("rotate", 500, String::new())]);
    check("too-large", &server, &["--validate"], SEALED);
    check("refused", &server, &["--re-encrypt"], SEALED);
}

#[test]
fn credentials_are_not_accepted() {
    let server = Server::start(vec![(SERVICE, 401, status(401, "Unauthorized", "Unauthorized"))]);
    check("unauthorized", &server, &["--fetch-cert"], b"");
}

#[test]
fn tls_cannot_be_verified() {
    let server = Server::start_tls(vec![service()], false);
    check("tls-unknown-issuer", &server, &["--fetch-cert"], b"");
    let authority = server.files.as_ref().unwrap()[0].to_str().unwrap();
    check("tls-other-name", &server, &["--fetch-cert", "--certificate-authority", authority], b"");
}

#[test]
fn the_certificate_has_expired() {
    let pem = std::fs::read_to_string(fixture("expired.crt")).unwrap();
    let server = Server::start(vec![service(), ("cert.pem", 200, pem)]);
    check(
        "expired",
        &server,
        &[],
        b"metadata: {name: db, namespace: shop}\nstringData: {password: hunter2}\n",
    );
}

#[test]
fn there_are_too_many_requests() {
    let server = Server::start(vec![service(), ("verify", 429, String::new())]);
    check("too-many-requests", &server, &["--validate"], SEALED);
}
