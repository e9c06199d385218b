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
    let server = Server::start_tls(lines(), false);
    let output = fetch(&server, user, &[&["--insecure-skip-tls-verify"], arguments].concat());
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

/// As kubectl has it: no credentials are sent over plain HTTP, where others may read them.
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
    // A bare address over an encrypted cluster of the kubeconfig.
    let tls = Server::start_tls(lines(), false);
    let bare = server.url().replace("http://", "");
    assert!(fetch(&tls, "{token: hunter2}", &["--server", &bare]).status.success());
    let asked = server.asked();
    assert!(asked.iter().all(|request| !request.contains("authorization")), "{asked:?}");
    assert!(asked[0].contains("impersonate-user: jane"), "{asked:?}");
}

/// What is piped in is a Secret, and for us: a plugin gets none of it, and its own words reach the person.
#[cfg(unix)]
#[test]
fn credential_plugins_read_nothing_of_ours() {
    let server = Server::start_tls(lines(), false);
    let directory = tempfile::tempdir().unwrap();
    let seen = directory.path().join("seen");
    let script = format!(
        "cat > {0}; echo \"$KUBERNETES_EXEC_INFO\" >> {0}.info; echo run this to log in >&2; echo \"$ANSWER\"",
        seen.display()
    );
    let answer = r#"{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {"token": "t3"}}"#;
    let secret = br#"{"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "b"}, "stringData": {"k": "hunter2"}}"#;
    let user = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: sh, args: [-c, \
         '{script}'], env: [{{name: ANSWER, value: '{answer}'}}]}}}}"
    );
    let kubeconfig = server.kubeconfig(&user);
    let flags = ["--insecure-skip-tls-verify", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&flags);
    command.env("PATH", std::env::var_os("PATH").unwrap());
    let output = finish(command, secret);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("run this to log in"), "{told}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("encryptedData"));
    assert_eq!(std::fs::read(&seen).unwrap(), b"");
    let info = std::fs::read_to_string(seen.with_extension("info")).unwrap();
    assert_eq!(info.lines().count(), 1, "run once: {info}");
    assert!(info.contains(r#""interactive":false"#), "{info}");
    assert!(server.asked().iter().all(|request| request.contains("authorization: bearer t3\r\n")));
}

#[cfg(unix)]
#[test]
fn credential_plugins_that_fail() {
    let server = Server::start_tls(lines(), false);
    for (plugin, expected) in [
        (
            "command: /nonexistent, installHint: \"brew install it\"",
            ["\"/nonexistent\" cannot be run", "hint: the kubeconfig says: brew install it"],
        ),
        ("command: \"false\"", ["\"false\" failed (exit status: 1)", "hint: log in again"]),
        ("command: echo, args: [hunter2]", ["\"echo\" printed no ExecCredential", "hint: log in again"]),
        ("command: echo, interactiveMode: Always", ["\"echo\" wants a terminal", "-f FILE"]),
    ] {
        let user = format!("{{exec: {{apiVersion: client.authentication.k8s.io/v1, {plugin}}}}}");
        let kubeconfig = server.kubeconfig(&user);
        let mut command = program(&["--fetch-cert", "--kubeconfig", kubeconfig.path().to_str().unwrap()]);
        command.env("PATH", std::env::var_os("PATH").unwrap());
        let output = finish(command, b"");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(expected.iter().all(|words| told.contains(words)), "{told}");
        assert!(told.contains("cannot log in to the cluster") && !told.contains("hunter2"), "{told}");
    }
    let output = fetch(&server, "{tokenFile: /nonexistent/token}", &["--insecure-skip-tls-verify"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("token file /nonexistent/token cannot be read"), "{told}");
}

/// One that a kubeconfig states counts, whatever the environment says; and that is read as Go reads it.
#[test]
fn proxies_of_a_kubeconfig_and_of_the_environment() {
    let config = |server: &str, cluster: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = std::fs::read_to_string(fixture("kubeconfig.yaml")).unwrap();
        let text = text.replace("http://127.0.0.1:1", &format!("{server}{cluster}"));
        std::fs::write(file.path(), text).unwrap();
        file
    };
    let api = "https://api.example.com:6443";
    for no_proxy in ["", "127.0.0.1", "127.0.0.0/8", "*", "localhost,127.0.0.1,", "a,,b"] {
        let proxy = Server::start(Vec::new());
        let file = config(api, &format!("\n    proxy-url: {}", proxy.url()));
        let mut command = program(&["--fetch-cert", "--kubeconfig", file.path().to_str().unwrap()]);
        command.env("NO_PROXY", no_proxy).env("HTTPS_PROXY", "http://127.0.0.1:1");
        finish(command, b"");
        assert!(
            proxy.asked()[0].starts_with("CONNECT api.example.com:6443 "),
            "{no_proxy}: {:?}",
            proxy.asked()
        );
    }
    for no_proxy in ["localhost,127.0.0.1,", "a,,b", "127.0.0.0/8"] {
        let proxy = Server::start(Vec::new());
        let file = config(api, "");
        let mut command = program(&["--fetch-cert", "--kubeconfig", file.path().to_str().unwrap()]);
        command.env("NO_PROXY", no_proxy).env("HTTPS_PROXY", proxy.url());
        finish(command, b"");
        assert!(
            proxy.asked()[0].starts_with("CONNECT api.example.com:6443 "),
            "{no_proxy}: {:?}",
            proxy.asked()
        );
    }
}

/// What cannot be read is not taken for no proxy.
#[test]
fn a_proxy_variable_that_cannot_be_read_ends_the_run() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = std::fs::read_to_string(fixture("kubeconfig.yaml")).unwrap();
    std::fs::write(file.path(), text.replace("http://127.0.0.1:1", "https://api.example.com:6443")).unwrap();
    let place = ["--fetch-cert", "--kubeconfig", file.path().to_str().unwrap()];
    for arguments in [&place[..], &["--fetch-cert", "--cert", "https://example.com/cert.pem"]] {
        for value in ["http://joe:hunter2@pro xy:3128", "ftp://joe:hunter2@proxy:3128", "proxy:hunter2"] {
            let mut command = program(arguments);
            command.env("HTTPS_PROXY", value);
            let output = finish(command, b"");
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{told}");
            assert!(told.contains("the variable HTTPS_PROXY does not hold the address of a proxy"), "{told}");
            assert!(told.contains("HTTPS_PROXY=http://HOST:PORT") && !told.contains("hunter2"), "{told}");
        }
    }
    let mut command = program(&[&place[..], &["--proxy-url", "ftp://joe:hunter2@proxy:1"]].concat());
    command.env("HTTPS_PROXY", "http://127.0.0.1:1");
    let told = String::from_utf8(finish(command, b"").stderr).unwrap();
    assert!(told.contains("--proxy-url is not an address") && !told.contains("hunter2"), "{told}");
}

/// A company's own authority, for the API server and for a certificate behind a URL.
#[test]
fn authorities_are_named_in_the_environment() {
    let server = Server::start_tls(lines(), false);
    let authority = &server.files.as_ref().unwrap()[0];
    let kubeconfig = server.kubeconfig("{}");
    let place =
        ["--tls-server-name", "elsewhere.example", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let cluster = [&["--fetch-cert"], &place[..]].concat();
    let address = format!("{}/proxy/v1/cert.pem", server.url());
    let url = ["--fetch-cert", "--cert", &address];
    let told = |arguments: &[&str], trusted: bool| {
        let mut command = program(arguments);
        if trusted {
            command.env("SSL_CERT_FILE", authority);
        }
        String::from_utf8(finish(command, b"").stderr).unwrap()
    };
    for arguments in [&cluster[..], &url] {
        let told = told(arguments, false);
        assert!(told.contains("UnknownIssuer") && told.contains("the variable SSL_CERT_FILE"), "{told}");
    }
    assert_eq!(told(&cluster, true), "");
    // Trusted by now: it is only called otherwise.
    let told = told(&url, true);
    assert!(told.contains("not valid for name") && !told.contains("SSL_CERT_FILE"), "{told}");
}

/// A refresh token may count once; the program that spends it has to store the next.
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
    assert!(asked(&user(now + 60), &[]).contains("authorization: bearer aa."));
    let server = Server::start_tls(lines(), false);
    let output = fetch(&server, &user(now - 60), &["--insecure-skip-tls-verify"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("expired on ") && told.contains("run `kubectl auth whoami`"), "{told}");
    assert!(!told.contains("hunter2") && server.asked().is_empty() && issuer.asked().is_empty(), "{told}");

    let gone = "{auth-provider: {name: gcp, config: {cmd-path: /bin/echo, access-token: hunter2}}}";
    let output = fetch(&server, gone, &["--insecure-skip-tls-verify"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("\"gcp\", which has been removed") && told.contains("gke-gcloud-auth-plugin"),
        "{told}"
    );
    // A flag logs in otherwise.
    assert!(asked(gone, &["--token", "t7"]).contains("authorization: bearer t7\r\n"));
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
