//! `cargo xtask test`: builds everything, with a display of what takes long; runs all suites, several at a time; prints the time of each
//! suite and one line with the result. With arguments, it runs `cargo test` with them.

mod side_by_side;
mod suites;
mod tally;
mod times;

use std::io::{BufRead as _, BufReader, IsTerminal as _, Read};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use std::{io, thread};

use anyhow::{Context as _, Result, bail};
use harness::binaries::Binaries;
use harness::failure::Failure;
use harness::node::requirements;
use harness::programs::Programs;
use harness::test::suite::ALL_MUST_RUN;
use release::program::Program as Released;

use self::tally::Tally;
use crate::cargo::cargo;
use crate::paint;
use crate::span::span;

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Arguments {
    /// Passed on to `cargo test`: `cargo xtask test -p sealing`, `cargo xtask test -- --nocapture`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo: Vec<String>,
    /// A test that cannot run on this machine has failed.
    #[arg(skip)]
    all_must_run: bool,
}

impl Arguments {
    /// Everything. Where `all_must_run`, a test that cannot run on this machine has failed.
    pub(crate) const fn everything(all_must_run: bool) -> Self {
        Self { cargo: Vec::new(), all_must_run }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let start = Instant::now();
    let has_node = requirements::missing().is_none();
    Programs::all(has_node).context("the programs that the tests use could not be had")?;
    // All targets at once, as `cargo test` below wants them: the programs alone would be built with other features of their
    // dependencies, and so twice.
    let binaries = Binaries::build(&["--workspace", "--all-targets"])?;
    let (tally, succeeded) = if arguments.cargo.is_empty() {
        everything(arguments, &binaries, has_node)?
    } else {
        cargo_test(arguments, &binaries)?
    };
    let took = span(start.elapsed());
    if let Some(unrun) = tally.unrun() {
        println!("\n{}", paint::bad(&unrun));
    }
    if succeeded && tally.failed.is_empty() {
        println!("\n{}", paint::good(&tally.closing_line(&took)));
        return Ok(());
    }
    println!("\n{}", paint::bad(&tally.closing_line(&took)));
    print!("{}", tally.failures());
    match tally.rerun() {
        Some(command) => {
            bail!(Failure::new("not all tests passed", format!("to run these again: {command}")))
        }
        None => bail!("cargo test failed before all tests were run"),
    }
}

/// Runs all there is, suites side by side.
fn everything(arguments: &Arguments, binaries: &Binaries, has_node: bool) -> Result<(Tally, bool)> {
    let suites = suites::build()?;
    let prepare = |command: &mut Command| {
        command.envs(binaries.environment());
        // With RUST_BACKTRACE, each error that a test meets while it waits would capture a stack: a fifth of all work.
        command.env("RUST_LIB_BACKTRACE", "0");
        all_must_run(arguments, command);
    };
    // For the suite of the node, which builds what is missing. If this fails, it says why.
    let build_image = || {
        if has_node {
            let _ = Released::controller();
        }
    };
    let outcome = side_by_side::run(suites, prepare, build_image, io::stdout());
    println!("\n{}", times::table(&outcome.times));
    Ok((outcome.tally, !outcome.failed))
}

fn all_must_run(arguments: &Arguments, command: &mut Command) {
    if arguments.all_must_run {
        command.env(ALL_MUST_RUN, "1");
    }
}

/// Runs it with its output both shown and counted.
fn cargo_test(arguments: &Arguments, binaries: &Binaries) -> Result<(Tally, bool)> {
    let mut command = cargo(&["test", "--no-fail-fast"]);
    if !arguments.cargo.iter().any(|arg| arg.starts_with("-p") || arg.starts_with("--package")) {
        command.arg("--workspace");
    }
    if io::stderr().is_terminal() {
        // It writes into a pipe, and so would not think so itself.
        command.env("CARGO_TERM_COLOR", "always");
    }
    all_must_run(arguments, &mut command);
    command.args(&arguments.cargo).envs(binaries.environment());
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("cannot run cargo test")?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let tally = Mutex::new(Tally::default());
    thread::scope(|scope| {
        scope.spawn(|| stderr.map(|stderr| pass_on(stderr, io::stderr(), &tally)));
        if let Some(stdout) = stdout {
            pass_on(stdout, io::stdout(), &tally);
        }
    });
    let status = child.wait().context("cannot wait for cargo test")?;
    Ok((tally.into_inner().unwrap_or_else(PoisonError::into_inner), status.success()))
}

fn pass_on(from: impl Read, mut to: impl io::Write, tally: &Mutex<Tally>) {
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        // Where the reader has gone, the counting still matters.
        let _ = to.write_all(&line).and_then(|()| to.write_all(b"\n")).and_then(|()| to.flush());
        let text = String::from_utf8_lossy(&line);
        tally.lock().unwrap_or_else(PoisonError::into_inner).read(&text);
    }
}
