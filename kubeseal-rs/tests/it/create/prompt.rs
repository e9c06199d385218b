//! Prompts at a terminal: input is not shown, and the terminal is restored.

use crate::support::program::{fixture, program, run};
use crate::support::terminal::Terminal;
use rustix::process::Signal;
use std::time::Duration;

const CREATE: [&str; 8] = ["create", "db", "--cert", "test-only.crt", "-n", "shop", "--prompt", "password"];

fn start() -> Terminal {
    Terminal::start(program(&CREATE))
}

/// Waits for this prompt. It is ready for input once echo is off.
fn wait_for(terminal: &mut Terminal, question: &str) {
    terminal.wait_for(question);
    assert!(!terminal.echoes());
}

/// The kernel hands typed keys to the program's side a moment later. Keys typed before a signal must arrive before the
/// signal.
fn wait_for_keys() {
    std::thread::sleep(Duration::from_millis(200));
}

fn end(terminal: Terminal) -> (Option<i32>, String, String) {
    let (code, output, shown) = terminal.end();
    assert!(!shown.contains("hunter"), "{shown}");
    (code, output, shown)
}

#[test]
fn the_prompt_hides_the_input_and_comes_twice() {
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
fn two_different_inputs_are_prompted_for_again() {
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
    for (key, signal) in [("\x03", Signal::INT), ("\x1c", Signal::QUIT)] {
        let mut terminal = start();
        wait_for(&mut terminal, "password: ");
        terminal.type_in(&format!("hunter2{key}"));
        // A shell shows it as exit code 130 or 131.
        let (ended_by, shown) = terminal.end_by_signal();
        assert_eq!(ended_by, Some(signal.as_raw()), "{shown}");
        assert_eq!(shown, "password: \r\n");
    }
}

#[test]
fn a_signal_ends_it_at_a_terminal_that_is_as_it_was() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut terminal = start();
        wait_for(&mut terminal, "password: ");
        terminal.type_in("hunter2");
        wait_for_keys();
        terminal.signal(signal);
        let (status, shown) = terminal.end_by_signal();
        assert_eq!(status, Some(signal.as_raw()), "{shown}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}

#[test]
fn after_the_prompt_a_signal_ends_the_program_again() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let arguments = ["keys", "backup", "-o", "/dev/null", "--server", &url];
    let mut terminal = Terminal::start(program(&arguments));
    for question in ["passphrase of the backup: ", "passphrase of the backup, again: "] {
        wait_for(&mut terminal, question);
        terminal.type_in("velvet otter quietly juggles seven lanterns\n");
    }
    // The program sends a request to an API server that never answers.
    let _asked = server.accept().unwrap();
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.end_by_signal().0, Some(Signal::TERM.as_raw()));
}

#[test]
fn while_it_is_stopped_the_terminal_is_restored_and_then_the_prompt_comes_again() {
    let mut terminal = start();
    wait_for(&mut terminal, "password: ");
    terminal.type_in("thrown away");
    wait_for_keys();
    terminal.signal(Signal::TSTP);
    terminal.wait_until_stopped();
    assert!(terminal.echoes());
    terminal.signal(Signal::CONT);
    wait_for(&mut terminal, "\r\npassword: ");
    terminal.type_in("hunter2\n");
    wait_for(&mut terminal, "password, again: ");
    terminal.type_in("hunter2\n");
    let (code, output, shown) = end(terminal);
    assert_eq!(code, Some(0), "{shown}");
    assert!(output.contains("    password: AQ"), "{output}");
}

#[test]
fn a_control_character_is_not_sealed() {
    let mut terminal = start();
    wait_for(&mut terminal, "password: ");
    for keys in ["hunter\x1b[D2\n", "hunter2\t\n"] {
        terminal.type_in(keys);
        wait_for(&mut terminal, "once more\r\npassword: ");
    }
    terminal.type_in("\x1bOAhunter2\n");
    let (code, output, shown) = end(terminal);
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert_eq!(shown.matches("a control character was typed").count(), 3, "{shown}");
    assert!(shown.contains("password was entered with a control character in it"), "{shown}");
}

#[test]
fn a_value_through_a_pipe_keeps_every_byte() {
    let value = b"\x1b[D\t\x01\xc2\x9b\xff";
    let key = std::fs::read_to_string(fixture("test-only.key")).unwrap();
    let sealed = run(&CREATE, &[&value[..], b"\n"].concat());
    assert!(sealed.status.success());
    let key_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(key_file.path(), key).unwrap();
    let arguments =
        ["--recovery-unseal", "--recovery-private-key", key_file.path().to_str().unwrap(), "-o", "json"];
    let opened = run(&arguments, &sealed.stdout);
    let secret: serde_json::Value = serde_json::from_slice(&opened.stdout).unwrap();
    let expected = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, value);
    assert_eq!(secret["data"]["password"], expected);
}

/// `/proc/PID` belongs to root where only root may read the process's memory.
#[test]
#[cfg(target_os = "linux")]
fn no_core_is_dumped() {
    use std::os::unix::fs::MetadataExt as _;
    use std::os::unix::process::CommandExt as _;
    let mut command = program(&CREATE);
    if rustix::process::getuid().is_root() {
        command.uid(65534);
    }
    let mut terminal = Terminal::start(command);
    wait_for(&mut terminal, "password: ");
    let of_process = |file: &str| format!("/proc/{}/{file}", terminal.id());
    let limits = std::fs::read_to_string(of_process("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    assert_eq!(std::fs::metadata(of_process("status")).unwrap().uid(), 0);
    terminal.type_in("\x03");
    end(terminal);
}
