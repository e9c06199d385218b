//! Which server is reached: kubectl's flags, several kubeconfigs, certificate authorities, time-outs.

use super::fetch::{fetch, lines};
use crate::support::program::{finish, fixture, program, run};
use crate::support::server::Server;

/// A company's own certificate authority, for the API server and for a certificate behind a URL.
#[test]
fn authorities_are_named_in_the_environment() {
    let server = Server::start_tls(lines(), false);
    let authority = &server.files.as_ref().unwrap()[0];
    let kubeconfig = server.kubeconfig("{}");
    let connection =
        ["--tls-server-name", "elsewhere.example", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let cluster = [&["--fetch-cert"], &connection[..]].concat();
    let address = format!("{}/proxy/v1/cert.pem", server.url());
    let url = ["--fetch-cert", "--cert", &address];
    let printed = |arguments: &[&str], trusted: bool| {
        let mut command = program(arguments);
        if trusted {
            command.env("SSL_CERT_FILE", authority);
        }
        String::from_utf8(finish(command, b"").stderr).unwrap()
    };
    for arguments in [&cluster[..], &url] {
        let printed = printed(arguments, false);
        assert!(
            printed.contains("UnknownIssuer") && printed.contains("the variable SSL_CERT_FILE"),
            "{printed}"
        );
    }
    assert_eq!(printed(&cluster, true), "");
    // Its authority is trusted now: only the server's name differs.
    let printed = printed(&url, true);
    assert!(printed.contains("not valid for name") && !printed.contains("SSL_CERT_FILE"), "{printed}");
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
    let server = Server::start_tls(lines(), false);
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| directory.path().join(name));
    let other = format!(
        "current-context: ''\nclusters:\n- {{name: here, cluster: {{server: '{}', insecure-skip-tls-verify: true}}}}\n",
        server.url()
    );
    std::fs::write(&first, other).unwrap();
    std::fs::write(&second, "users:\n- {name: joe, user: {token: t5}}\n").unwrap();
    let list = std::env::join_paths([&first, &second, &fixture("kubeconfig.yaml")]).unwrap();
    // With the context of the third file, and without a context.
    for context in [&["--context", "shop"][..], &[]] {
        let mut command =
            program(&[&["--fetch-cert", "--cluster", "here", "--user", "joe"], context].concat());
        command.env("KUBECONFIG", &list);
        let output = finish(command, b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(server.requests().iter().all(|request| request.contains("authorization: bearer t5\r\n")));
}

#[test]
fn certificates_are_verified_unless_a_flag_turns_it_off() {
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
fn an_answer_that_does_not_come() {
    // A server that accepts the connection and never answers.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let output = run(&["--fetch-cert", "--server", &address, "--request-timeout", "200ms"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be reached"));
}
