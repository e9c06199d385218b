//! Credential plugins of a kubeconfig.

use super::fetch::{fetch, lines, requests};
use crate::support::program::{finish, program};
use crate::support::server::Server;

/// Standard input holds a Secret for the program itself: a plugin reads nothing of it, and the user sees what the
/// plugin writes.
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
    let credential = r#"{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {"token": "t3"}}"#;
    let secret = br#"{"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "b"}, "stringData": {"k": "hunter2"}}"#;
    let user = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: sh, args: [-c, \
         '{script}'], env: [{{name: ANSWER, value: '{credential}'}}]}}}}"
    );
    let kubeconfig = server.kubeconfig(&user);
    let flags = ["--insecure-skip-tls-verify", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&flags);
    command.env("PATH", std::env::var_os("PATH").unwrap());
    let output = finish(command, secret);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.contains("run this to log in"), "{printed}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("encryptedData"));
    assert_eq!(std::fs::read(&seen).unwrap(), b"");
    let info = std::fs::read_to_string(seen.with_extension("info")).unwrap();
    assert_eq!(info.lines().count(), 1, "run once: {info}");
    assert!(info.contains(r#""interactive":false"#), "{info}");
    assert!(server.requests().iter().all(|request| request.contains("authorization: bearer t3\r\n")));
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
        let printed = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{printed}");
        assert!(expected.iter().all(|words| printed.contains(words)), "{printed}");
        assert!(
            printed.contains("cannot log in to the cluster") && !printed.contains("hunter2"),
            "{printed}"
        );
    }
    let output = fetch(&server, "{tokenFile: /nonexistent/token}", &["--insecure-skip-tls-verify"]);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(printed.contains("token file /nonexistent/token cannot be read"), "{printed}");
}

#[cfg(unix)]
#[test]
fn credential_plugins() {
    let plugin = r#"{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {"token": "t3"}}"#;
    let user = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /bin/echo, args: ['{plugin}']}}}}"
    );
    assert!(requests(&user, &[]).contains("authorization: bearer t3\r\n"));
    // With the flag the plugin is not run.
    let absent = "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /nonexistent}}";
    assert!(requests(absent, &["--token=t4"]).contains("authorization: bearer t4\r\n"));
}
