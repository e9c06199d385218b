//! Asking at a terminal: nothing that is typed is shown, and the terminal is left as it was.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/program.rs"]
mod program;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::Duration;

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

    /// Waits until this is shown.
    fn wait_for(&mut self, words: &str) {
        while !self.shown.ends_with(words) {
            let mut bytes = [0; 256];
            let count = self.person.read(&mut bytes).unwrap();
            self.shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        // Asked is asked once echo is off.
        assert!(!tcgetattr(&self.program_side).unwrap().local_modes.contains(LocalModes::ECHO));
    }

    fn type_in(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    /// Exit code, standard output, and everything that was shown.
    fn end(mut self) -> (Option<i32>, String, String) {
        let mut output = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        let code = self.child.wait().unwrap().code();
        assert!(
            tcgetattr(&self.program_side)
                .unwrap()
                .local_modes
                .contains(LocalModes::ECHO | LocalModes::ICANON)
        );
        let mut rest = vec![0; 4096];
        // What was written is there to read; a terminal has no end to wait for.
        std::thread::sleep(Duration::from_millis(50));
        rustix::io::ioctl_fionbio(&self.person, true).unwrap();
        let count = self.person.read(&mut rest).unwrap_or(0);
        self.shown.push_str(&String::from_utf8_lossy(&rest[..count]));
        assert!(!self.shown.contains("hunter"), "{}", self.shown);
        (code, output, self.shown)
    }
}

const CREATE: [&str; 8] = ["create", "db", "--cert", "test-only.crt", "-n", "shop", "--prompt", "password"];

#[test]
fn what_is_typed_is_not_shown_and_is_asked_twice() {
    let mut terminal = Terminal::start(&CREATE);
    terminal.wait_for("password: ");
    terminal.type_in("hunterX\x7f2\n");
    terminal.wait_for("password, again: ");
    terminal.type_in("hunter2\n");
    let (code, output, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(output.contains("    password: AQ"), "{output}");
}

#[test]
fn different_answers_are_asked_for_again() {
    let mut terminal = Terminal::start(&CREATE);
    for _ in 0..3 {
        terminal.wait_for("password: ");
        terminal.type_in("hunter2\n");
        terminal.wait_for("password, again: ");
        terminal.type_in("hunter3\n");
    }
    let (code, output, shown) = terminal.end();
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert!(shown.contains("password was entered differently the second time"), "{shown}");
}

#[test]
fn interrupting_leaves_the_terminal_as_it_was() {
    let mut terminal = Terminal::start(&CREATE);
    terminal.wait_for("password: ");
    terminal.type_in("hunter2\x03");
    let (code, output, shown) = terminal.end();
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert!(shown.contains("interrupted"), "{shown}");
}
