//! `keys` at a terminal: passphrases, and the confirmation before a key is revoked.

use super::list::fingerprint;
use crate::support::key_lines::{key_lines, nothing_sealed};
use crate::support::program::program;
use crate::support::server::{Server, status};
use crate::support::terminal::Terminal;

#[test]
fn the_prompt_for_a_passphrase_comes_twice_and_hides_it() {
    let mut lines = key_lines();
    lines.push(nothing_sealed());
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.age");
    let file = file.to_str().unwrap();
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];

    let mut terminal = Terminal::start(program(&[&["keys", "backup", "-o", file], &connection[..]].concat()));
    for question in ["passphrase of the backup: ", "passphrase of the backup, again: "] {
        terminal.wait_for(question);
        assert!(!terminal.echoes());
        terminal.type_in("hunter2 hunter2\n");
    }
    let (code, output, shown) = terminal.end();
    assert_eq!((code, output), (Some(0), format!("{file}: 1 sealing key, encrypted\n")));
    assert!(!shown.contains("hunter2"), "{shown}");

    // The keys of the cluster are not in it, so one prompt for the passphrase is enough.
    let mut terminal =
        Terminal::start(program(&[&["keys", "restore", file, "--dry-run"], &connection[..]].concat()));
    terminal.wait_for(&format!("passphrase of the backup {file}: "));
    terminal.type_in("hunter2 hunter2\n");
    let (code, output, _) = terminal.end();
    assert_eq!(code, Some(0));
    assert!(
        output.contains("is there already, active (Secret kube-system/sealed-secrets-keyabcde)"),
        "{output}"
    );
    assert!(server.requests().iter().all(|requests| requests.starts_with("GET ")), "{:?}", server.requests());
}

#[test]
fn answering_no_changes_nothing() {
    for (answer, requests) in [("n\n", false), ("\n", false), ("yes please\n", false), ("y\n", true)] {
        let mut lines = key_lines();
        lines.push(("/secrets/sealed-secrets-keyabcde?", 403, status(403, "Forbidden", "no patch")));
        let server = Server::start(lines);
        let kubeconfig = server.kubeconfig("{}");
        let fingerprint = fingerprint();
        let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let mut terminal =
            Terminal::start(program(&[&["keys", "revoke", &fingerprint], &connection[..]].concat()));
        terminal.wait_for(" [y/N] ");
        terminal.type_in(answer);
        let (code, _, shown) = terminal.end();
        let question = shown.split(" [y/N] ").next().unwrap();
        assert!(question.contains(&fingerprint[..12]) && question.contains("Revoke key"), "{shown}");
        assert_eq!(code, Some(1));
        let patched = server.requests().iter().any(|request| request.starts_with("PATCH "));
        assert_eq!(patched, requests, "{answer:?}");
    }
}
