//! `keys backup`: what a backup holds, and where it is written.

use crate::support::key_lines::{LABELLED, LEGACY, key, key_lines, list};
use crate::support::program::{finish, program, run};
use crate::support::server::Server;
use serde_json::json;
use std::fs::File;
use std::process::Stdio;

#[test]
fn a_reader_that_goes_away_has_no_backup() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&[&["keys", "backup", "--plain"], &connection[..]].concat());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command.stdout(Stdio::from(writer));
    let output = finish(command, b"");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(1) && printed.contains("cannot write to standard output"),
        "{printed}"
    );
}

#[test]
fn a_standard_output_that_cannot_be_written_to_is_an_error() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&[&["keys", "backup", "--plain"], &connection[..]].concat());
    command.stdout(Stdio::from(File::open("/dev/null").unwrap()));
    let output = finish(command, b"");
    let printed = String::from_utf8_lossy(&output.stderr);
    let is_error = printed.contains("cannot write to standard output");
    assert!(output.status.code() == Some(1) && is_error, "{printed}");
}

#[test]
fn symbolic_links_are_followed_and_stay() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let folder = tempfile::tempdir().unwrap();
    let backup = |file: &str, flags: &[&str]| {
        run(&[&["keys", "backup", "--plain", "-o", file], flags, &connection[..]].concat(), b"")
    };
    // A symbolic link to a device. If `backup` replaced files here, it would replace the link.
    let device = folder.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &device).unwrap();
    for flags in [&["--force"][..], &[]] {
        let output = backup(device.to_str().unwrap(), flags);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(device.is_symlink() && std::fs::metadata("/dev/null").unwrap().len() == 0);
        assert!(output.stdout.is_empty(), "a summary may land in the backup");
    }
    // The whole backup, and nothing else.
    let output = backup("/dev/stdout", &[]);
    assert_eq!(output.stdout, run(&[&["keys", "backup", "--plain"], &connection[..]].concat(), b"").stdout);

    let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
    std::fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert!(backup(link.to_str().unwrap(), &["--force"]).status.success());
    assert!(link.is_symlink() && std::fs::read(&file).unwrap().starts_with(b"apiVersion: v1\n"));
}

#[test]
fn what_is_no_key_is_named_and_left_out() {
    let mut damaged = key();
    damaged["metadata"]["name"] = json!("damaged");
    damaged["data"]["tls.key"] = json!("eA==");
    let theirs = json!({
        "metadata": { "name": "theirs", "labels": { "sealedsecrets.bitnami.com/sealed-secrets-key": "active" } },
        "type": "Opaque", "data": { "password": "aHVudGVyMg==" },
    });
    let lines = |all: &[serde_json::Value]| vec![(LABELLED, 200, list(all)), (LEGACY, 200, list(&[]))];
    let backup = |all: &[serde_json::Value]| {
        let server = Server::start(lines(all));
        let kubeconfig = server.kubeconfig("{}");
        run(&["keys", "backup", "--plain", "--kubeconfig", kubeconfig.path().to_str().unwrap()], b"")
    };
    let output = backup(&[key(), damaged.clone(), theirs.clone()]);
    let [text, printed] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success() && text.matches("- apiVersion").count() == 1, "{text}");
    assert!(!text.contains("aHVudGVyMg"), "{text}");
    for name in ["damaged", "theirs"] {
        assert!(printed.contains(&format!("warning: Secret kube-system/{name} is labelled")), "{printed}");
    }
    let output = backup(&[damaged, theirs]);
    assert!(output.status.code() == Some(1) && output.stdout.is_empty());
}

#[test]
fn the_key_from_before_labels_has_the_name_that_the_prefix_is() {
    let mut legacy = key();
    legacy["metadata"]["name"] = json!("our-keys");
    legacy["metadata"]["labels"] = json!({});
    let server = Server::start(vec![
        (LABELLED, 200, list(&[])),
        (LEGACY, 200, list(&[])),
        ("fieldSelector=metadata.name%3Dour-keys", 200, list(&[legacy])),
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let args = ["keys", "backup", "--plain", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    assert_eq!(run(&args, b"").status.code(), Some(1));
    let by_flag = run(&[&args[..], &["--key-prefix", "our-keys"]].concat(), b"");
    let mut command = program(&args);
    command.env("SEALED_SECRETS_KEY_PREFIX", "our-keys");
    let by_environment = finish(command, b"");
    for output in [by_flag, by_environment] {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("name: our-keys"), "{text}");
    }
    let wrong = run(&[&args[..], &["--key-prefix", "a,b"]].concat(), b"");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("check --key-prefix"));
}

#[test]
fn a_backup_has_nothing_of_its_cluster() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "backup", "--plain"], &connection[..]].concat(), b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.starts_with("apiVersion: v1\nkind: List\nitems:\n"), "{text}");
    for there in ["mine: ", "creationTimestamp: ", "tls.key: ", "name: sealed-secrets-keyabcde"] {
        assert!(text.contains(there), "no {there} in {text}");
    }
    for gone in ["resourceVersion", "uid", "managedFields", "sealedsecrets.bitnami.com/renew"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
}
