//! Output that appears only at a terminal: the progress of `reseal`, and colours.

use crate::support::program::{fixture, program, run};
use crate::support::terminal::Terminal;
use std::path::Path;
use std::process::Command;

/// A directory of three files that are sealed to the present certificate.
fn tree() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for name in ["a.yaml", "b.yaml", "c.yaml"] {
        std::fs::copy(fixture("inspect/sealed.yaml"), tree.path().join(name)).unwrap();
    }
    tree
}

fn at_xterm(arguments: &[&str]) -> Command {
    let mut command = program(arguments);
    command.env("TERM", "xterm");
    command
}

fn check(tree: &Path) -> [&str; 5] {
    ["reseal", "--check", "--cert", "test-only.crt", tree.to_str().unwrap()]
}

#[test]
fn a_terminal_shows_how_far_it_is_and_is_left_clean() {
    let tree = tree();
    let (code, output, shown) = Terminal::start(at_xterm(&check(tree.path()))).end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("] 0/3 ") && shown.contains("a.yaml"), "{shown:?}");
    // The progress line is cleared at the end, and nothing follows it.
    assert!(shown.ends_with("\r\u{1b}[2K"), "{shown:?}");
    assert!(!output.contains("/3"), "{output}");
}

#[test]
fn neither_a_pipe_nor_quiet_shows_it() {
    let tree = tree();
    assert_eq!(String::from_utf8(run(&check(tree.path()), b"").stderr).unwrap(), "");
    let quiet = [&check(tree.path())[..], &["--quiet"]].concat();
    let (code, output, shown) = Terminal::start(at_xterm(&quiet)).end();
    assert_eq!((code, output.as_str(), shown.as_str()), (Some(0), "", ""));
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let shown = |variable: Option<(&str, &str)>, arguments: &[&str]| {
        let mut command = at_xterm(arguments);
        command.envs(variable);
        Terminal::start_all(command).end().2
    };
    let inspect = ["inspect", "--cert", "test-only.crt", "inspect/sealed.yaml"];
    assert!(shown(None, &inspect).contains("\u{1b}[1mSealedSecret shop/db\u{1b}[0m"));
    assert!(shown(Some(("NO_COLOR", "")), &inspect).contains("\u{1b}["));
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let shown = shown(Some(variable), &inspect);
        assert!(
            shown.contains("SealedSecret shop/db") && !shown.contains('\u{1b}'),
            "{variable:?}: {shown:?}"
        );
    }
    let tree = tree();
    // The progress bar has no colours. Codes that end with m are colours.
    let shown = shown(Some(("NO_COLOR", "1")), &check(tree.path()));
    let ends = |code: &str| code.chars().find(char::is_ascii_alphabetic);
    assert!(shown.contains("] 0/3 "), "{shown:?}");
    assert!(!shown.split("\u{1b}[").skip(1).any(|code| ends(code) == Some('m')), "{shown:?}");
}
