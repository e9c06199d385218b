//! Credentials that expire while the program runs: the credential plugin is run again, once for each credential that
//! was refused.

use crate::support::key_lines::{KEY, LABELLED, LEGACY, SEALED, changed, key, list};
use crate::support::program::{finish, fixture, program};
use crate::support::server::{Line, PORTS, Server, status};
use serde_json::{Value, json};
use std::process::Output;

/// Three SealedSecrets.
fn sealed() -> String {
    const SEALED: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\n\
                          spec: {encryptedData: {password: AgA=}}\n";
    [SEALED; 3].join("---\n")
}

fn opens() -> Line {
    ("verify", 200, String::new())
}

fn unauthorized(path: &'static str) -> Line {
    (path, 401, status(401, "Unauthorized", "Unauthorized"))
}

fn refused() -> Line {
    unauthorized("verify")
}

/// Runs `--validate`: its output, the tokens it sent, and how often the plugin was run. The plugin gives another token
/// each time.
fn validate(lines: Vec<Line>, flags: &[&str]) -> (Output, Vec<String>, usize) {
    let service = ("/services/sealed-secrets-controller", 200, PORTS.into());
    with_plugin([vec![service], lines].concat(), &[&["--validate"], flags].concat(), &sealed())
}

/// Runs any command with such a plugin: its output, the tokens it sent, and how often the plugin was run.
fn with_plugin(lines: Vec<Line>, arguments: &[&str], input: &str) -> (Output, Vec<String>, usize) {
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
    let (output, tokens) = as_user(&user, lines, arguments, input);
    (output, tokens, std::fs::read_to_string(calls).unwrap().lines().count())
}

/// Runs a command as this user of the kubeconfig: its output, and the tokens it sent.
fn as_user(user: &str, lines: Vec<Line>, arguments: &[&str], input: &str) -> (Output, Vec<String>) {
    let server = Server::start_tls(lines, false);
    let kubeconfig = server.kubeconfig(user);
    let connection = ["--insecure-skip-tls-verify", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&[arguments, &connection].concat());
    command.env("PATH", std::env::var_os("PATH").unwrap());
    let output = finish(command, input.as_bytes());
    let requests = server.requests();
    let tokens = requests.iter().flat_map(|request| request.lines());
    let tokens = tokens.filter_map(|line| line.strip_prefix("authorization: bearer ").map(ToOwned::to_owned));
    (output, tokens.collect())
}

fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_plugin_gives_new_credentials_and_the_run_continues() {
    let (output, tokens, calls) = validate(vec![opens(), refused(), opens(), refused(), opens()], &[]);
    succeeds(&output);
    assert_eq!(tokens, ["t1", "t1", "t1", "t2", "t2", "t3"]);
    assert_eq!(calls, 3);
}

#[test]
fn credentials_refused_twice_are_an_error() {
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

/// One page of a list of SealedSecrets, with the token of the next page.
fn page(path: &'static str, more: &str) -> Line {
    let page = json!({
        "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": { "continue": more },
        "items": [{ "metadata": { "name": "db", "namespace": "shop" }, "spec": { "encryptedData": {} } }],
    });
    (path, 200, page.to_string())
}

#[test]
fn keys_are_listed_on_from_where_it_was_refused() {
    const MORE: &str = "&continue=more";
    let mut lines = vec![(LABELLED, 200, list(&[key()])), unauthorized(LEGACY), (LEGACY, 200, list(&[]))];
    lines.extend([page(SEALED, "more"), unauthorized(MORE), page(MORE, "")]);
    let (output, tokens, calls) = with_plugin(lines, &["keys", "list", "-o", "json"], "");
    succeeds(&output);
    let listing: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listing["keys"].as_array().map(Vec::len), Some(1), "{listing}");
    // Requests: labelled keys; legacy keys, twice; a page; the next page, twice. The request to the controller uses a
    // new login.
    assert_eq!(tokens[..6], ["t1", "t1", "t2", "t2", "t2", "t3"], "{calls}");
}

#[test]
fn a_patch_of_a_key_is_not_sent_twice() {
    let lines = || vec![(LABELLED, 200, list(&[key()])), (LEGACY, 200, list(&[])), page(SEALED, "")];
    let text = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    let fingerprint = envelope::Certificate::from_pem(&text).unwrap().fingerprint().to_string();
    let revoke = ["keys", "revoke", &fingerprint, "--yes", "--no-renew"];
    let (output, tokens, calls) =
        with_plugin([lines(), vec![unauthorized(KEY), changed()]].concat(), &revoke, "");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains(" is revoked ("), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((tokens.last().map(String::as_str), calls), (Some("t2"), 2));

    let (output, tokens, calls) = with_plugin([lines(), vec![unauthorized(KEY)]].concat(), &revoke, "");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && printed.contains("log in again"), "{printed}");
    assert_eq!((tokens.last().map(String::as_str), calls), (Some("t2"), 2));
}

const LIVE: &str = "/namespaces/shop/sealedsecrets/db";

fn live() -> Line {
    (LIVE, 200, json!({ "metadata": { "name": "db" }, "spec": { "encryptedData": {} } }).to_string())
}

const INSPECT: [&str; 5] = ["inspect", "--live", "--cert", "test-only.crt", "-o=json"];

#[test]
fn every_inspected_object_is_requested() {
    let lines = vec![live(), unauthorized(LIVE), live()];
    let (output, tokens, calls) = with_plugin(lines, &INSPECT, &sealed());
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    let exists: Vec<_> = (0..3).map(|index| &reports[index]["cluster"]["exists"]).collect();
    assert_eq!(exists, [true, true, true], "{reports}");
    assert_eq!((tokens, calls), (["t1", "t1", "t2", "t2"].map(Into::into).to_vec(), 2));
}

#[test]
fn a_token_file_is_read_anew() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "mine\n").unwrap();
    let user = format!("{{tokenFile: '{}'}}", file.path().display());
    let (output, tokens) = as_user(&user, vec![live(), unauthorized(LIVE), live()], &INSPECT, &sealed());
    assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(tokens, ["mine"; 4]);
}
