//! `keys` at a terminal: passphrases, and the confirmation before a key is revoked.

use super::list::fingerprint;
use crate::support::key_lines::{SEALED, changed, key_lines, nothing_sealed};
use crate::support::program::{fixture, program, run};
use crate::support::server::{Server, status};
use crate::support::terminal::Terminal;
use serde_json::json;

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
        terminal.type_in("hunter2 of a horse, stapled twice\n");
    }
    let (code, output, shown) = terminal.end();
    assert_eq!((code, output), (Some(0), format!("{file}: 1 sealing key, encrypted\n")));
    assert!(!shown.contains("hunter2"), "{shown}");

    // The keys of the cluster are not in it, so one prompt for the passphrase is enough.
    let mut terminal =
        Terminal::start(program(&[&["keys", "restore", file, "--dry-run"], &connection[..]].concat()));
    terminal.wait_for(&format!("passphrase of the backup {file}: "));
    terminal.type_in("hunter2 of a horse, stapled twice\n");
    let (code, output, _) = terminal.end();
    assert_eq!(code, Some(0));
    assert!(
        output.contains("is there already, active (Secret kube-system/sealed-secrets-keyabcde)"),
        "{output}"
    );
    // Nothing was written but that there is a backup.
    let is_record = |request: &&String| request.contains("sealedsecrets.bitnami.com/backed-up");
    let requests = server.requests();
    assert!(
        requests.iter().all(|request| request.starts_with("GET ") || is_record(&request)),
        "{requests:?}"
    );
    assert_eq!(requests.iter().filter(is_record).count(), 1);
}

#[test]
fn a_key_is_revoked_by_yes_or_its_fingerprint_only_and_the_question_has_numbers() {
    let fingerprint = fingerprint();
    let digits = format!("{}\n", &fingerprint[..8]);
    let other = format!("{}\n", &fingerprint[..7]);
    let answers = ["n\n", "\n", "y\n", "yes please\n", &other]
        .map(|no| (no, false))
        .into_iter()
        .chain([("YES\n", true), (&digits, true)]);
    for (answer, requests) in answers {
        let mut lines = key_lines();
        lines.push(("/secrets/sealed-secrets-keyabcde?", 403, status(403, "Forbidden", "no patch")));
        let objects = ["shop/db", "shop/api", "blog/db"].map(|object| {
            let (namespace, name) = object.split_once('/').unwrap();
            let annotations = json!({ "sealedsecrets.bitnami.com/certificate-fingerprint": fingerprint });
            json!({
                "metadata": { "namespace": namespace, "name": name, "annotations": annotations },
                "spec": { "encryptedData": { "user": "AgA=", "password": "AgA=" } },
            })
        });
        lines.push((SEALED, 200, json!({ "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": {}, "items": objects }).to_string()));
        let server = Server::start(lines);
        let kubeconfig = server.kubeconfig("{}");
        let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let mut terminal =
            Terminal::start(program(&[&["keys", "revoke", &fingerprint], &connection[..]].concat()));
        terminal.wait_for("fingerprint: ");
        terminal.type_in(answer);
        let (code, _, shown) = terminal.end();
        let question = shown.split("fingerprint: ").next().unwrap();
        assert!(question.contains(&fingerprint[..12]) && question.contains("Revoke key"), "{shown}");
        assert!(
            question.contains("3 SealedSecrets, with 6 values in 2 namespaces, will not open"),
            "{shown}"
        );
        assert_eq!(code, Some(1));
        let patched = server.requests().iter().any(|request| request.starts_with("PATCH "));
        assert_eq!(patched, requests, "{answer:?}");
    }
}

#[test]
fn renewal_shows_that_it_waits_and_for_how_long() {
    let mut lines = key_lines();
    lines.push(changed());
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let args = ["keys", "renew", "--timeout", "1s"];
    let mut command = program(&[&args, &connection[..]].concat());
    command.env("TERM", "xterm");
    let terminal = Terminal::start(command);
    let (code, output, shown) = terminal.end();
    assert!(shown.contains("waiting until the controller has made a new key (0 s, at most 1 s)"), "{shown}");
    assert!(code == Some(1) && output.is_empty() && shown.contains("no new key appeared"), "{shown}");
}

#[test]
fn a_passphrase_that_a_laptop_guesses_is_refused() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut terminal = Terminal::start(program(&[&["keys", "backup"], &connection[..]].concat()));
    for question in ["passphrase of the backup: ", "passphrase of the backup, again: "] {
        terminal.wait_for(question);
        terminal.type_in("hunter2 2026\n");
    }
    let (code, output, shown) = terminal.end();
    assert!(code == Some(1) && output.is_empty() && shown.contains("a laptop finds it in "), "{shown}");
    assert!(!shown.contains("hunter2") && server.requests().is_empty(), "{shown}");
}

/// The passphrase of an SSH key is asked for only if the backup is encrypted to it.
#[test]
fn an_ssh_key_with_a_passphrase_decrypts_at_a_terminal() {
    let mut lines = key_lines();
    lines.push(changed());
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.age");
    let file = file.to_str().unwrap();
    let [public, private] =
        ["ssh/encrypted.pub", "ssh/encrypted"].map(|name| fixture(name).to_str().unwrap().to_owned());
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let args = ["keys", "backup", "-R", &public, "-o", file];
    let output = run(&[&args[..], &connection].concat(), b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let args = ["keys", "backup", "--check", file, "-i", &private];
    let mut terminal = Terminal::start(program(&[&args[..], &connection].concat()));
    terminal.wait_for(&format!("passphrase of {private}: "));
    assert!(!terminal.echoes());
    terminal.type_in("correct horse\n");
    let (code, output, shown) = terminal.end();
    assert!(code == Some(0) && output.contains(": has the newest key, "), "{output}{shown}");
}
