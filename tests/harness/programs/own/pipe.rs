//! Runs a program with an input, and returns its output.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context as _, Result, bail};

/// Runs `command`, whose messages call it `name`, with `input`; returns its standard output.
pub(crate) fn run(command: &mut Command, name: &str, input: &[u8]) -> Result<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    // Written and read at the same time: a long input and a long output would otherwise wait for each other.
    let output = thread::scope(|scope| {
        let writing = scope.spawn(move || stdin.write_all(input));
        let output = child.wait_with_output();
        // A program that failed has closed its input early; its own message says more than the broken pipe.
        drop(writing.join());
        output
    })?;
    if !output.status.success() {
        bail!("{name} failed with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).with_context(|| format!("{name} did not answer in UTF-8"))
}
