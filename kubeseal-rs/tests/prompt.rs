//! Asking at a terminal: nothing that is typed is shown, and the terminal is left as it was.

#![cfg(unix)]

#[path = "support/program.rs"]
mod program;

#[path = "support/terminal.rs"]
mod terminal;

use terminal::Terminal;

const CREATE: [&str; 8] = ["create", "db", "--cert", "test-only.crt", "-n", "shop", "--prompt", "password"];

fn start() -> Terminal {
    Terminal::start(program::program(&CREATE))
}

/// Waits until this is asked, which it is once echo is off.
fn wait_for(terminal: &mut Terminal, question: &str) {
    terminal.wait_for(question);
    assert!(!terminal.echoes());
}

fn end(terminal: Terminal) -> (Option<i32>, String, String) {
    let (code, output, shown) = terminal.end();
    assert!(!shown.contains("hunter"), "{shown}");
    (code, output, shown)
}

#[test]
fn what_is_typed_is_not_shown_and_is_asked_twice() {
    let mut terminal = start();
    wait_for(&mut terminal, "password: ");
    terminal.type_in("hunterX\x7f2\n");
    wait_for(&mut terminal, "password, again: ");
    terminal.type_in("hunter2\n");
    let (code, output, shown) = end(terminal);
    assert_eq!(code, Some(0), "{shown}");
    assert!(output.contains("    password: AQ"), "{output}");
}

#[test]
fn different_answers_are_asked_for_again() {
    let mut terminal = start();
    for _ in 0..3 {
        wait_for(&mut terminal, "password: ");
        terminal.type_in("hunter2\n");
        wait_for(&mut terminal, "password, again: ");
        terminal.type_in("hunter3\n");
    }
    let (code, output, shown) = end(terminal);
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert!(shown.contains("password was entered differently the second time"), "{shown}");
}

#[test]
fn interrupting_leaves_the_terminal_as_it_was() {
    let mut terminal = start();
    wait_for(&mut terminal, "password: ");
    terminal.type_in("hunter2\x03");
    let (code, output, shown) = end(terminal);
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert!(shown.contains("interrupted"), "{shown}");
}
