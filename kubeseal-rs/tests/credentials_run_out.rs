//! Credentials that run out while the program works: a plugin is asked for others, once for each that was refused.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/program.rs"]
mod program;
#[path = "support/server.rs"]
mod server;

use program::{finish, program};
use server::{Line, PORTS, Server, status};
use std::process::Output;

/// Three of them.
fn sealed() -> String {
    const SEALED: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\n\
                          spec: {encryptedData: {password: AgA=}}\n";
    [SEALED; 3].join("---\n")
}

fn opens() -> Line {
    ("verify", 200, String::new())
}

fn refused() -> Line {
    ("verify", 401, status(401, "Unauthorized", "Unauthorized"))
}

/// A run, the tokens it showed, and how often the plugin was called, which gives another token each time.
fn validate(lines: Vec<Line>, flags: &[&str]) -> (Output, Vec<String>, usize) {
    let directory = tempfile::tempdir().unwrap();
    let calls = directory.path().join("calls");
    std::fs::write(&calls, "").unwrap();
    let script = directory.path().join("plugin");
    let text = format!(
        "echo >> {calls}\necho '{{\"kind\": \"ExecCredential\", \"status\": {{\"token\": \"'t$(wc -l < {calls})'\"}}}}'\n",
        calls = calls.display()
    );
    std::fs::write(&script, text).unwrap();
    let user = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh, args: ['{}']}}}}",
        script.display()
    );
    let service = ("/services/sealed-secrets-controller", 200, PORTS.into());
    let server = Server::start_tls([vec![service], lines].concat(), false);
    let kubeconfig = server.kubeconfig(&user);
    let all =
        ["--validate", "--insecure-skip-tls-verify", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&[&all, flags].concat());
    command.env("PATH", std::env::var_os("PATH").unwrap());
    let output = finish(command, sealed().as_bytes());
    let asked = server.asked();
    let tokens = asked.iter().flat_map(|request| request.lines());
    let tokens = tokens.filter_map(|line| line.strip_prefix("authorization: bearer ").map(ToOwned::to_owned));
    (output, tokens.collect(), std::fs::read_to_string(calls).unwrap().lines().count())
}

#[test]
fn a_plugin_is_asked_for_others_and_the_run_goes_on() {
    let (output, tokens, calls) = validate(vec![opens(), refused(), opens(), refused(), opens()], &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(tokens, ["t1", "t1", "t1", "t2", "t2", "t3"]);
    assert_eq!(calls, 3);
}

#[test]
fn others_that_are_refused_as_well_end_it() {
    let (output, tokens, calls) = validate(vec![refused()], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("log in again"));
    assert_eq!((tokens, calls), (vec!["t1".to_owned(), "t1".into(), "t2".into()], 2));
}

#[test]
fn a_token_of_a_flag_has_no_other() {
    let (output, tokens, calls) = validate(vec![opens(), refused()], &["--token", "mine"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((tokens, calls), (vec!["mine".to_owned(); 3], 0));
}
