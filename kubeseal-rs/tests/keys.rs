//! `keys`: at a terminal, and what it asks of an API server that only says its lines. On a real one: `tests/keys_commands`.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/key_lines.rs"]
mod key_lines;
#[path = "support/program.rs"]
mod program;
#[path = "support/server.rs"]
mod server;

use key_lines::{key_lines, nothing_sealed};
use program::run;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use server::{Server, status};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};

/// A terminal with the program at it.
struct Terminal {
    person: File,
    program_side: File,
    child: Child,
    shown: String,
}

impl Terminal {
    fn start(arguments: &[&str]) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let program_side = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let mut command = program::program(arguments);
        command.stdin(Stdio::from(program_side.try_clone().unwrap()));
        command.stderr(Stdio::from(program_side.try_clone().unwrap()));
        Self { person: person.into(), program_side, child: command.spawn().unwrap(), shown: String::new() }
    }

    fn wait_for(&mut self, words: &str) {
        while !self.shown.ends_with(words) {
            let mut bytes = [0; 256];
            let count = self.person.read(&mut bytes).unwrap();
            self.shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }

    fn is_hidden(&self) -> bool {
        !tcgetattr(&self.program_side).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    fn type_in(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    /// Exit code and standard output.
    fn end(mut self) -> (Option<i32>, String) {
        let mut output = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        (self.child.wait().unwrap().code(), output)
    }
}

#[test]
fn a_passphrase_is_asked_for_twice_and_never_shown() {
    let mut lines = key_lines();
    lines.push(nothing_sealed());
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.age");
    let file = file.to_str().unwrap();
    let place = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];

    let mut terminal = Terminal::start(&[&["keys", "backup", "-o", file], &place[..]].concat());
    for question in ["passphrase of the backup: ", "passphrase of the backup, again: "] {
        terminal.wait_for(question);
        assert!(terminal.is_hidden());
        terminal.type_in("hunter2 hunter2\n");
    }
    let shown = terminal.shown.clone();
    let (code, output) = terminal.end();
    assert_eq!((code, output), (Some(0), format!("{file}: 1 sealing key, encrypted\n")));
    assert!(!shown.contains("hunter2"), "{shown}");

    // Nothing of the cluster's own is in it, and once typed is enough.
    let mut terminal = Terminal::start(&[&["keys", "restore", file, "--dry-run"], &place[..]].concat());
    terminal.wait_for(&format!("passphrase of the backup {file}: "));
    terminal.type_in("hunter2 hunter2\n");
    let (code, output) = terminal.end();
    assert_eq!(code, Some(0));
    assert!(
        output.contains("is there already, active (Secret kube-system/sealed-secrets-keyabcde)"),
        "{output}"
    );
    assert!(server.asked().iter().all(|asked| asked.starts_with("GET ")), "{:?}", server.asked());
}

#[test]
fn a_backup_has_nothing_of_its_cluster() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let place = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "backup", "--plain"], &place[..]].concat(), b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.starts_with("apiVersion: v1\nkind: List\nitems:\n"), "{text}");
    for there in ["mine: ", "creationTimestamp: ", "tls.key: ", "name: sealed-secrets-keyabcde"] {
        assert!(text.contains(there), "no {there} in {text}");
    }
    for gone in ["resourceVersion", "uid", "managedFields", "sealedsecrets.bitnami.com/renew"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
}

#[test]
fn whoever_is_asked_may_say_no() {
    for (answer, asked) in [("n\n", false), ("\n", false), ("yes please\n", false), ("y\n", true)] {
        let mut lines = key_lines();
        lines.push(("/secrets/sealed-secrets-keyabcde?", 403, status(403, "Forbidden", "no patch")));
        let server = Server::start(lines);
        let kubeconfig = server.kubeconfig("{}");
        let fingerprint = fingerprint();
        let place = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let mut terminal = Terminal::start(&[&["keys", "revoke", &fingerprint], &place[..]].concat());
        terminal.wait_for(" [y/N] ");
        assert!(terminal.shown.contains(&fingerprint[..12]) && terminal.shown.contains("Revoke key"));
        terminal.type_in(answer);
        let (code, _) = terminal.end();
        assert_eq!(code, Some(1));
        let patched = server.asked().iter().any(|request| request.starts_with("PATCH "));
        assert_eq!(patched, asked, "{answer:?}");
    }
}

fn fingerprint() -> String {
    let server = Server::start(
        key_lines()
            .into_iter()
            .chain([("/sealedsecrets?&limit=500", 403, status(403, "Forbidden", "not you"))])
            .collect(),
    );
    let kubeconfig = server.kubeconfig("{}");
    let kubeconfig = kubeconfig.path().to_str().unwrap();
    let args = ["keys", "list", "-o", "json", "--warn=always", "--kubeconfig", kubeconfig];
    let output = run(&args, b"");
    // Who may read keys may not be one who may list SealedSecrets: what can be told is told.
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("the right to list sealedsecrets"), "{told}");
    let listing: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listing["keys"][0]["cluster"], serde_json::Value::Null);
    assert_eq!(listing["keys"][0]["newest"], true);
    listing["keys"][0]["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn what_was_not_looked_into_is_not_counted_as_nothing() {
    let mut lines = key_lines();
    lines.push(nothing_sealed());
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let list = |arguments: &[&str]| {
        let all = ["keys", "list", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let output = run(&[&all, arguments].concat(), b"");
        let [told, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), told, error)
    };
    let (code, told, error) = list(&["nowhere", "-o", "json"]);
    let listing: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(code, Some(1), "{error}");
    assert!(listing["keys"][0]["files"].is_null() && listing["keys"][0]["cluster"] == 0, "{told}");
    let not_looked = listing["notLookedInto"].as_array().unwrap();
    assert!(not_looked.len() == 1 && not_looked[0].as_str().unwrap().starts_with("nowhere: "), "{told}");
    assert!(error.contains("1 of what was named could not be looked into"), "{error}");
    let (code, told, _) = list(&["nowhere"]);
    assert!(
        code == Some(1) && told.contains("FILES") && told.contains("  ?      sealed-secrets-keyabcde"),
        "{told}"
    );

    let empty = tempfile::tempdir().unwrap();
    let (code, told, error) = list(&[empty.path().to_str().unwrap(), "-o", "json"]);
    let listing: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(code, Some(0), "{error}");
    assert!(listing["keys"][0]["files"] == 0 && listing["notLookedInto"] == serde_json::json!([]), "{told}");
}
