//! [`Steps`]: runs the steps of `check` and `ci`, times them, and prints a table at the end.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::paint;
use crate::span::span;

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration, bool)>,
}

impl Steps {
    /// Runs `work` as the step `name`. The first failure ends the run: `?` it.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("{}", paint::bold(&format!("==> {name}")));
        let start = Instant::now();
        let result = work();
        self.done.push((name.to_owned(), start.elapsed(), result.is_ok()));
        result.with_context(|| format!("the step `{name}` failed"))
    }

    /// Runs a command as a step.
    pub(crate) fn command(&mut self, name: &str, mut command: Command) -> Result<()> {
        self.step(name, || {
            let line = line(&command);
            let status = command.status().with_context(|| format!("cannot run `{line}`"))?;
            ensure!(status.success(), "`{line}` ended with {status}");
            Ok(())
        })
    }

    /// Prints all steps with their times.
    pub(crate) fn print_table(&self) {
        println!("\n{}", paint::bold("Step                        Time"));
        for (name, time, good) in &self.done {
            let outcome = if *good { paint::good("ok") } else { paint::bad("FAILED") };
            println!("{name:<26} {:>7}  {outcome}", span(*time));
        }
        let total = self.done.iter().map(|(_, time, _)| *time).sum();
        println!("{:<26} {:>7}", "all", span(total));
    }
}

/// A command as one would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words = [program].into_iter().chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
