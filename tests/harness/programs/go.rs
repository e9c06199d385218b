//! Runs Go: its arguments and environment, and the message when it fails. `build` says what is built.

pub(crate) mod failure;
pub(crate) mod go_mod;

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::failure::Failure;
use crate::programs::program::Program;

/// The go.mod in `dir`.
pub(crate) fn read_go_mod(dir: &Path) -> Result<String> {
    let path = dir.join("go.mod");
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The version of `program` that its go.mod pins, without a leading `v`.
pub(crate) fn version(program: Program, go_mod: &str) -> String {
    go_mod::version(go_mod, program.module()).unwrap_or("of unknown version").to_owned()
}

/// The arguments of `go` that build `program`, without the output's path.
pub(crate) fn build_arguments(program: Program, go_mod: &str) -> Vec<String> {
    let mut ldflags = "-s -w".to_owned();
    if let Some(variable) = program.version_variable() {
        ldflags = format!("{ldflags} -X {variable}={}", version(program, go_mod));
    }
    let fixed = ["build", "-mod=readonly", "-trimpath", "-ldflags"].map(str::to_owned);
    [fixed.as_slice(), &[ldflags, program.package().to_owned()]].concat()
}

/// Runs `go ARGS` in `dir`, which holds a go.mod; returns its standard output, or an error with a hint.
pub(crate) fn run<S: AsRef<OsStr>>(dir: &Path, args: &[S]) -> Result<String> {
    let go_mod = read_go_mod(dir)?;
    let wanted = go_mod::go_version(&go_mod).unwrap_or("of a recent version");
    let output = output(dir, args).map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow::Error::new(failure::missing(wanted)),
        _ => anyhow::Error::new(error).context("cannot run go"),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let what = format!("go failed with {}:\n{}", output.status, last_lines(&stderr));
    match failure::hint(&stderr, wanted) {
        Some(hint) => bail!(Failure::new(what, hint)),
        None => bail!(what),
    }
}

fn output<S: AsRef<OsStr>>(dir: &Path, args: &[S]) -> std::io::Result<Output> {
    Command::new("go")
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::null())
        // No C compiler is needed, and the programs need no C library.
        .env("CGO_ENABLED", "0")
        // The user's own defaults and workspaces do not apply.
        .env("GOFLAGS", "")
        .env("GOWORK", "off")
        .output()
}

/// The end of a long output: Go prints the cause last, after a line for each download.
fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("go: downloading")).collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
