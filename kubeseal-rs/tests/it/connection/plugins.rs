//! Credential plugins of a kubeconfig.

use super::fetch::{asked, fetch, lines};
use crate::support::program::{finish, program};
use crate::support::server::Server;

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
