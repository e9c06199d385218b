//! How the program authenticates to the API server: tokens, passwords, client certificates, impersonation, OIDC.

use super::fetch::{fetch, lines, requests};
use crate::support::program::run;
use crate::support::server::Server;

#[test]
fn tokens_and_passwords() {
    assert!(requests("{token: t1}", &[]).contains("authorization: bearer t1\r\n"));
    assert!(requests("{token: t1}", &["--token", "t2"]).contains("authorization: bearer t2\r\n"));
    assert!(
        requests("{token: t1}", &["--username=joe", "--password=pw"])
            .contains("authorization: basic am9lonb3\r\n")
    );
}

#[test]
fn impersonation_headers_are_sent() {
    let requests = requests("{}", &["--as", "jane", "--as-group", "a", "--as-group=b", "--as-uid", "7"]);
    for header in
        ["impersonate-user: jane", "impersonate-group: a", "impersonate-group: b", "impersonate-uid: 7"]
    {
        assert!(requests.contains(&format!("{header}\r\n")), "{requests}");
    }
}

/// As in kubectl: no credentials are sent over plain HTTP.
#[test]
fn no_credentials_over_plain_http() {
    let server = Server::start(lines());
    for (user, flags) in [
        ("{token: hunter2}", &["--as", "jane"][..]),
        ("{}", &["--token", "hunter2"]),
        ("{}", &["--username", "joe", "--password", "hunter2"]),
        (
            "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /nonexistent}}",
            &[],
        ),
    ] {
        let output = fetch(&server, user, flags);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    // An address of plain HTTP, where the kubeconfig's cluster uses TLS.
    let tls = Server::start_tls(lines(), false);
    let bare = server.url().replace("http://", "");
    assert!(fetch(&tls, "{token: hunter2}", &["--server", &bare]).status.success());
    let requests = server.requests();
    assert!(requests.iter().all(|request| !request.contains("authorization")), "{requests:?}");
    assert!(requests[0].contains("impersonate-user: jane"), "{requests:?}");
}

/// A refresh token may be valid once only, so the program that uses it must store the next one. kubeseal-rs stores
/// nothing, so it does not refresh.
#[test]
fn id_tokens_are_used_and_not_refreshed() {
    use base64::Engine as _;
    let issuer = Server::start(Vec::new());
    let user = |end: i64| {
        let claims = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"exp": {end}}}"#));
        format!(
            "{{auth-provider: {{name: oidc, config: {{id-token: 'aa.{claims}.bb', refresh-token: hunter2, client-id: c,              client-secret: hunter2, idp-issuer-url: '{}'}}}}}}",
            issuer.url()
        )
    };
    let now = jiff::Timestamp::now().as_second();
    assert!(requests(&user(now + 60), &[]).contains("authorization: bearer aa."));
    let server = Server::start_tls(lines(), false);
    let output = fetch(&server, &user(now - 60), &["--insecure-skip-tls-verify"]);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("expired on ") && printed.contains("run `kubectl auth whoami`"), "{printed}");
    assert!(
        !printed.contains("hunter2") && server.requests().is_empty() && issuer.requests().is_empty(),
        "{printed}"
    );

    let gone = "{auth-provider: {name: gcp, config: {cmd-path: /bin/echo, access-token: hunter2}}}";
    let output = fetch(&server, gone, &["--insecure-skip-tls-verify"]);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(
        printed.contains("\"gcp\", which has been removed") && printed.contains("gke-gcloud-auth-plugin"),
        "{printed}"
    );
    // A token on the command line is used instead.
    assert!(requests(gone, &["--token", "t7"]).contains("authorization: bearer t7\r\n"));
}

#[test]
fn client_certificates() {
    let server = Server::start_tls(lines(), true);
    let [_, certificate, key] = server.files.as_ref().unwrap().each_ref().map(|path| path.to_str().unwrap());
    let flags = ["--insecure-skip-tls-verify", "--client-certificate", certificate, "--client-key", key];
    let output = fetch(&server, "{}", &flags);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let user = format!("{{client-certificate: '{certificate}', client-key: '{key}'}}");
    assert!(fetch(&server, &user, &["--insecure-skip-tls-verify"]).status.success());
    assert!(!fetch(&server, "{}", &["--insecure-skip-tls-verify"]).status.success());
}

#[test]
fn credentials_are_not_shown() {
    for arguments in [
        &["--token", "hunter2", "--server", "http://127.0.0.1:1"][..],
        &["--username", "joe", "--password", "hunter2", "--server", "http://127.0.0.1:1"],
        &[
            "--token",
            "hunter2",
            "--certificate-authority",
            "test-only.key",
            "--server",
            "https://127.0.0.1:1",
        ],
        &["--proxy-url", "http://joe:hunter2@127.0.0.1:1", "--server", "https://api.example.com"],
        &["--server", "https://joe:hunter2@127.0.0.1:1"],
    ] {
        let output = run(&[&["--fetch-cert"], arguments].concat(), b"");
        let shown = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!shown.contains("hunter2"), "{arguments:?}: {shown}");
    }
}
