//! `cargo xtask bench`: our programs beside upstream's, in one run on one machine, interleaved. It prints, and asserts
//! nothing: how fast a machine is says nothing about whether the code is right.

mod cli;
mod controller;
mod machine;
mod run;
mod table;
mod workload;

use std::time::Instant;

use anyhow::Result;

use crate::paint;
use crate::span::span;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What to measure; everything, if nothing is named
    subjects: Vec<Subject>,
}

/// What can be measured. Each is a file beside this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Subject {
    /// kubeseal-rs beside kubeseal
    Cli,
    /// Our controller beside upstream's
    Controller,
}

const ALL: [Subject; 2] = [Subject::Cli, Subject::Controller];

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let subjects = if arguments.subjects.is_empty() { &ALL } else { arguments.subjects.as_slice() };
    for subject in subjects {
        match subject {
            Subject::Cli => {
                let prepared = cli::prepare()?;
                timed("kubeseal-rs beside upstream's kubeseal", || cli::measure(&prepared))?;
            }
            Subject::Controller => {
                let prepared = controller::prepare()?;
                timed("our controller beside upstream's", || controller::measure(prepared))?;
            }
        }
    }
    Ok(())
}

/// Measures, and prints the machine and the time. To be called after the builds, which would load the machine.
fn timed(what: &str, measure: impl FnOnce() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    println!("{}", paint::bold(&format!("\n{what}")));
    println!("on {}\n", machine::describe());
    measure()?;
    println!("\nmeasured in {}", span(start.elapsed()));
    Ok(())
}
