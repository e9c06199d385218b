//! Runs the program in an environment that holds nothing but what a test puts there.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A file in `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The program, started in the fixtures' directory.
pub(crate) fn program(arguments: &[&str]) -> Command {
    #[cfg(unix)]
    crate::support::signals::take();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubeseal-rs"));
    command
        .args(arguments)
        .env_clear()
        .env("HOME", "/nonexistent")
        // No cache and no configuration can be written there, not even by root: one test must not influence another.
        .env("XDG_CACHE_HOME", "/dev/null")
        .env("XDG_CONFIG_HOME", "/dev/null")
        .current_dir(fixture(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program with this standard input.
pub(crate) fn run(arguments: &[&str], input: &[u8]) -> Output {
    finish(program(arguments), input)
}

/// Runs the program with its standard output closed: exit code and standard error.
pub(crate) fn run_unread(arguments: &[&str], input: &[u8]) -> (Option<i32>, String) {
    let mut child = program(arguments).spawn().unwrap();
    drop(child.stdout.take());
    // The program may end before it reads.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Runs a prepared command with this standard input.
pub(crate) fn finish(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The program may fail before it reads its input.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}
