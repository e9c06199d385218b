//! Text from files, names and clusters moves no cursor and starts no message of its own, in the output of any command.

use crate::support::key_lines::{LABELLED, LEGACY, SEALED, changed, key, key_lines, list, nothing_sealed};
use crate::support::program::{finish, fixture, program};
use crate::support::server::{Server, status};
use crate::support::terminal::Terminal;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Moves the cursor (C0 and C1), reverses text, hides it, and begins a line.
const HOSTILE: &str =
    "x\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{7f}\rhint: run this\nerror: forged";

struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A file with a hostile name and this text.
    fn file(&self, end: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(format!("{}{end}", HOSTILE.replace('/', "")));
        fs::write(&path, text).unwrap();
        path
    }
}

/// Standard output and standard error of a run.
fn printed(arguments: &[&str], input: &str) -> String {
    let mut command = program(arguments);
    command.env("EDITOR", "true");
    let output = finish(command, input.as_bytes());
    [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat()
}

fn assert_harmless(arguments: &[&str], input: &str) {
    let printed = printed(arguments, input);
    let is_harmful = |c: char| c != '\n' && c.is_control() || "\u{202e}\u{2066}\u{200b}".contains(c);
    assert!(!printed.contains(is_harmful), "{arguments:?}: {printed:?}");
    assert!(
        !printed.lines().any(|line| line.starts_with("error: forged") || line.starts_with("hint: run this")),
        "{arguments:?}: {printed:?}"
    );
    // The text is printed, escaped; where no object can have such a name, another text stands for it.
    assert!(printed.contains("[2J") || printed.contains("(something else)"), "{arguments:?}: {printed:?}");
}

fn sealed(name: &str) -> String {
    let object = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": { "name": name, "namespace": name },
        "spec": { "encryptedData": { name: "AgA=" }, "template": { "type": name, "data": { name: "plain" } } },
    });
    object.to_string()
}

fn secret(name: &str) -> String {
    json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name }, "stringData": { name: "hunter2" } }).to_string()
}

const CERT: [&str; 2] = ["--cert", "test-only.crt"];
const KEY: [&str; 2] = ["--recovery-private-key", "test-only.key"];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_hostile_file_name_is_escaped() {
    let tree = Tree::new();
    let broken = tree.file(".yaml", "kind: [Secret, SealedSecret\n");
    let broken = text(&broken);
    let gone = text(tree.0.path()).to_owned() + "/gone" + &HOSTILE.replace('/', "");
    for file in [broken, gone.as_str()] {
        for arguments in [
            &[&CERT[..], &["-n", "a", "-f", file]].concat()[..],
            &[&CERT[..], &["-n", "a", "--merge-into", file]].concat(),
            &[&CERT[..], &["--raw", "-n", "a", "--name", "a", "--from-file", &(file.to_owned() + "/")]]
                .concat(),
            &["--validate", "-f", file],
            &["--re-encrypt", "-f", file],
            &[&KEY[..], &["--recovery-unseal", "-f", file]].concat(),
            &["--recovery-unseal", "--recovery-private-key", file],
            &["--fetch-cert", "--cert", file],
            &["--fetch-cert", "--cert", "test-only.crt", "-w", &(file.to_owned() + "/a")],
            &["--fetch-cert", "--kubeconfig", file],
            &[&["create", "a", "-n", "a", "--from-file", &(file.to_owned() + "/")], &CERT[..]].concat(),
            &[&["create", "a", "-n", "a", "--from-env-file", file], &CERT[..]].concat(),
            &[&["create", "tls", "a", "-n", "a", "--cert-file", file, "--key-file", file], &CERT[..]]
                .concat(),
            &[
                &["create", "a", "-n", "a", "--from-literal", "a=b", "-w", &(file.to_owned() + "/a")],
                &CERT[..],
            ]
            .concat(),
            &[&["edit", file], &CERT[..]].concat(),
            &["inspect", file],
            &["guard", file],
            &[&["reseal", file], &CERT[..], &KEY[..]].concat(),
            &["keys", "restore", file],
            &["keys", "backup", "--recipients-file", file],
        ] {
            assert_harmless(arguments, &secret("a"));
        }
    }
    let sound = tree.file(".json", &sealed("a"));
    for arguments in [
        &[&["reseal", "--check", text(tree.0.path())], &CERT[..]].concat()[..],
        &["inspect", text(&sound)],
        &["guard", text(tree.0.path())],
        &[&["edit", text(&sound)], &CERT[..]].concat(),
    ] {
        assert_harmless(arguments, "");
    }
}

#[test]
fn a_hostile_template_is_escaped() {
    let object = |annotation: &str| {
        json!({
            "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": { "name": "a" },
            "spec": {
                "encryptedData": { "a": "AgA=" },
                "template": { "metadata": { "annotations": { "note": annotation } }, "data": { "b": HOSTILE } },
            },
        })
        .to_string()
    };
    for format in ["yaml", "json"] {
        assert_harmless(&["render", "-o", format], &object(HOSTILE));
        let shown = printed(&["render", "-o", format], &object("plain"));
        assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}']), "{shown:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    fs::write(&file, object("plain")).unwrap();
    let arguments = ["render", "--item", "b", text(&file)];
    let (code, _, shown) = Terminal::start_all(program(&arguments)).end();
    assert_eq!((code, shown.contains(['\u{1b}', '\u{9b}', '\u{202e}'])), (Some(0), false), "{shown:?}");
    assert!(shown.contains("\\u{1b}[2J"), "{shown:?}");
    // A pipe gets the item as it is.
    assert_eq!(printed(&arguments, ""), HOSTILE);
}

#[test]
fn hostile_object_names_and_keys_are_escaped() {
    let tree = Tree::new();
    let plain = tree.0.path().join("plain.json");
    fs::write(&plain, sealed(HOSTILE)).unwrap();
    let plain = text(&plain);
    let field =
        json!({ "kind": "Secret", "metadata": { "name": "a", "namespace": "a" }, "data": { HOSTILE: 5 } })
            .to_string();
    for (arguments, input) in [
        (&[&["reseal", "--check", plain], &CERT[..]].concat()[..], ""),
        (&[&["reseal", plain], &CERT[..], &KEY[..]].concat(), ""),
        (&["inspect", plain], ""),
        (&["inspect", "-o", "json", plain], ""),
        (&CERT, field.as_str()),
        (
            &[&CERT[..], &["-n", "a"]].concat(),
            &json!({ "kind": "Secret", "metadata": { "name": "a", "namespace": HOSTILE }, "stringData": { "a": "b" } }).to_string(),
        ),
        (&[&CERT[..], &["-n", HOSTILE]].concat(), &secret("a")),
        (&[&CERT[..], &["--merge-into", plain, "--scope", "cluster-wide"]].concat(), &secret(HOSTILE)),
        (&[HOSTILE], ""),
        (&["create", HOSTILE], ""),
        (&["--context", HOSTILE, "--kubeconfig", "kubeconfig.yaml", "--fetch-cert"], ""),
        (&[&format!("--{HOSTILE}")], ""),
        (
            &[
                "keys",
                "retire",
                HOSTILE,
                "--kubeconfig",
                "kubeconfig.yaml",
                "--controller-namespace",
                HOSTILE,
            ],
            "",
        ),
    ] {
        assert_harmless(arguments, input);
    }
}

#[test]
fn hostile_messages_of_a_cluster_are_escaped() {
    let mut odd = key();
    odd["metadata"]["name"] = json!(HOSTILE);
    let hostile = json!(HOSTILE).to_string();
    let message = &hostile[1..hostile.len() - 1];
    let object: serde_json::Value = serde_json::from_str(&sealed(HOSTILE)).unwrap();
    let all = json!({ "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": {}, "items": [object] });
    for lines in [
        vec![
            (LABELLED, 200, list(std::slice::from_ref(&odd))),
            (LEGACY, 200, list(&[])),
            (SEALED, 200, all.to_string()),
        ],
        vec![(LABELLED, 500, status(500, "InternalError", message))],
    ] {
        let server = Server::start(lines);
        let kubeconfig = server.kubeconfig("{}");
        for arguments in [&["keys", "list"][..], &["keys", "list", "-o", "json"]] {
            let connection = ["--kubeconfig", text(kubeconfig.path())];
            assert_harmless(&[arguments, &connection].concat(), "");
        }
    }
}

#[test]
fn inspect_names_what_a_revoked_key_opened() {
    let certificate = envelope::Certificate::from_pem(&fs::read_to_string(fixture("test-only.crt")).unwrap());
    let fingerprint = certificate.unwrap().fingerprint().to_string();
    let mut object: serde_json::Value = serde_json::from_str(&sealed("a")).unwrap();
    object["metadata"]["annotations"] =
        json!({ "sealedsecrets.bitnami.com/certificate-fingerprint": fingerprint });
    object["spec"]["encryptedData"] = json!({ HOSTILE: "AgA=" });
    let tree = Tree::new();
    let file = tree.0.path().join("sealed.json");
    fs::write(&file, object.to_string()).unwrap();
    let mut secret = key();
    secret["apiVersion"] = json!("v1");
    secret["kind"] = json!("Secret");
    secret["metadata"]["name"] = json!(HOSTILE);
    let backup = secret.to_string();
    let nothing_there = || vec![(LABELLED, 200, list(&[])), (LEGACY, 200, list(&[])), nothing_sealed()];
    let one_key = || key_lines().into_iter().chain([changed(), nothing_sealed()]).collect();
    let revoke = ["keys", "revoke", &fingerprint, "--yes", "--no-renew", text(&file)];
    let restore = ["keys", "restore", "-", "--dry-run"];
    for (lines, arguments, input) in
        [(one_key(), &revoke[..], ""), (nothing_there(), &restore[..], backup.as_str())]
    {
        let server = Server::start(lines);
        let kubeconfig = server.kubeconfig("{}");
        let connection = ["--kubeconfig", text(kubeconfig.path())];
        assert_harmless(&[arguments, &connection].concat(), input);
    }
}
