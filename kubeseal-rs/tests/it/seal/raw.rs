//! `--raw` at a terminal: the value is not shown, and pasted lines are kept.

use crate::support::program::{fixture, program, run};
use crate::support::terminal::Terminal;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

const RAW: [&str; 7] = ["--raw", "--name", "db", "-n", "shop", "--cert", "test-only.crt"];

/// The value that was sealed.
fn opened(sealed: &str) -> Vec<u8> {
    let object = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": { "name": "db", "namespace": "shop" },
        "spec": { "encryptedData": { "value": sealed } },
    });
    let key = fixture("test-only.key");
    let arguments = ["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap()];
    let output = run(&arguments, object.to_string().as_bytes());
    let secret: Value = serde_json::from_slice(&output.stdout).unwrap();
    BASE64_STANDARD.decode(secret["data"]["value"].as_str().unwrap()).unwrap()
}

fn typed(term: &str, keys: &str) -> (Option<i32>, String, String) {
    let mut command = program(&RAW);
    command.env("TERM", term);
    let mut terminal = Terminal::start(command);
    for question in ["value: ", "value, again: "] {
        terminal.wait_for(question);
        assert!(!terminal.echoes());
        terminal.type_in(keys);
    }
    terminal.end()
}

#[test]
fn the_value_is_not_shown_while_it_is_typed() {
    let (code, output, shown) = typed("dumb", "hunter2\n");
    assert_eq!((code, shown.as_str()), (Some(0), "value: \r\nvalue, again: \r\n"));
    assert_eq!(opened(&output), b"hunter2");
}

#[test]
fn pasted_lines_are_one_value() {
    let (code, output, shown) = typed("xterm", "\x1b[200~user: a\r\tpassword: hunter2\r\x1b[201~\n");
    assert!(code == Some(0) && !shown.contains("hunter"), "{shown}");
    assert_eq!(opened(&output), b"user: a\n\tpassword: hunter2\n");
    // The terminal was told to mark what is pasted, and told to stop.
    assert_eq!(
        (shown.matches("\x1b[?2004h").count(), shown.matches("\x1b[?2004l").count()),
        (2, 2),
        "{shown:?}"
    );
}

#[test]
fn lines_that_the_terminal_does_not_mark_are_refused() {
    let mut terminal = Terminal::start(program(&RAW));
    for _ in 0..3 {
        terminal.wait_for("value: ");
        terminal.type_in("hunter2\n");
        terminal.wait_for("value, again: ");
        terminal.type_in("second line\n");
    }
    let (code, output, shown) = terminal.end();
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert!(shown.contains("value was entered differently the second time"), "{shown}");
}

#[test]
fn nothing_is_no_value() {
    let mut terminal = Terminal::start(program(&RAW));
    terminal.wait_for("value: ");
    terminal.type_in("\n");
    let (code, _, shown) = terminal.end();
    assert_eq!(code, Some(1));
    assert!(shown.contains("no value was entered") && shown.contains("--from-file FILE"), "{shown}");
}
