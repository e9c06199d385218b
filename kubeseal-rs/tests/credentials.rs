//! How the API server is reached and logged in to: kubectl's flags, and what a kubeconfig may hold.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/program.rs"]
mod program;
#[path = "support/server.rs"]
mod server;

use program::{finish, fixture, program, run};
use server::{Line, PORTS, Server};
use std::process::Output;

fn lines() -> Vec<Line> {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    vec![("/services/sealed-secrets-controller", 200, PORTS.into()), ("/proxy/v1/cert.pem", 200, pem)]
}

fn fetch(server: &Server, user: &str, arguments: &[&str]) -> Output {
    let kubeconfig = server.kubeconfig(user);
    run(&[&["--fetch-cert", "--kubeconfig", kubeconfig.path().to_str().unwrap()], arguments].concat(), b"")
}

/// The requests of a run that succeeds with this user and these flags.
fn asked(user: &str, arguments: &[&str]) -> String {
    let server = Server::start(lines());
    let output = fetch(&server, user, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    server.asked().concat()
}

#[test]
fn tokens_and_passwords() {
    assert!(asked("{token: t1}", &[]).contains("authorization: bearer t1\r\n"));
    assert!(asked("{token: t1}", &["--token", "t2"]).contains("authorization: bearer t2\r\n"));
    assert!(
        asked("{token: t1}", &["--username=joe", "--password=pw"])
            .contains("authorization: basic am9lonb3\r\n")
    );
}

#[test]
fn acting_as_somebody_else() {
    let asked = asked("{}", &["--as", "jane", "--as-group", "a", "--as-group=b", "--as-uid", "7"]);
    for header in
        ["impersonate-user: jane", "impersonate-group: a", "impersonate-group: b", "impersonate-uid: 7"]
    {
        assert!(asked.contains(&format!("{header}\r\n")), "{asked}");
    }
}

#[cfg(unix)]
#[test]
fn credential_plugins() {
    let plugin = r#"{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {"token": "t3"}}"#;
    let user = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /bin/echo, args: ['{plugin}']}}}}"
    );
    assert!(asked(&user, &[]).contains("authorization: bearer t3\r\n"));
    // A flag wins, and the plugin is not run.
    let absent = "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /nonexistent}}";
    assert!(asked(absent, &["--token=t4"]).contains("authorization: bearer t4\r\n"));
}

#[test]
fn a_server_without_a_kubeconfig() {
    let server = Server::start(lines());
    let output = run(&["--fetch-cert", "--server", &server.url()], b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bare = server.url().replace("http://", "");
    assert!(run(&["--fetch-cert", "--server", &bare], b"").status.success());
}

#[test]
fn clusters_and_users_by_name_from_several_files() {
    let server = Server::start(lines());
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| directory.path().join(name));
    let other = format!("clusters:\n- {{name: here, cluster: {{server: '{}'}}}}\n", server.url());
    std::fs::write(&first, other).unwrap();
    std::fs::write(&second, "users:\n- {name: joe, user: {token: t5}}\n").unwrap();
    let list = std::env::join_paths([&first, &second, &fixture("kubeconfig.yaml")]).unwrap();
    // In the context of the third file, and in none.
    for context in [&["--context", "shop"][..], &[]] {
        let mut command =
            program(&[&["--fetch-cert", "--cluster", "here", "--user", "joe"], context].concat());
        command.env("KUBECONFIG", &list);
        let output = finish(command, b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(server.asked().iter().all(|request| request.contains("authorization: bearer t5\r\n")));
}

#[test]
fn the_proxy_of_a_flag() {
    let proxy = Server::start(Vec::new());
    let output = run(
        &[
            "--fetch-cert",
            "--kubeconfig",
            "kubeconfig.yaml",
            "--server",
            "https://api.example.com:6443",
            "--proxy-url",
            &proxy.url(),
        ],
        b"",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(proxy.asked()[0].starts_with("CONNECT api.example.com:6443 "), "{:?}", proxy.asked());
}

#[test]
fn certificates_are_checked_unless_told_otherwise() {
    let server = Server::start_tls(lines(), false);
    let authority = server.files.as_ref().unwrap()[0].to_str().unwrap();
    let name = "--tls-server-name=elsewhere.example";
    assert!(fetch(&server, "{}", &["--certificate-authority", authority, name]).status.success());
    assert!(fetch(&server, "{}", &["--insecure-skip-tls-verify"]).status.success());
    for arguments in [&[][..], &[name], &["--certificate-authority", authority]] {
        let output = fetch(&server, "{}", arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("TLS failed") && stderr.contains("--certificate-authority FILE"), "{stderr}");
    }
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
fn an_answer_that_does_not_come() {
    // Accepts, and says nothing.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let output = run(&["--fetch-cert", "--server", &address, "--request-timeout", "200ms"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be reached"));
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
