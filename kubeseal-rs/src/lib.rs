//! `kubeseal-rs`: seals Kubernetes Secrets on a laptop with a public certificate.
//!
//! From what was typed (`cli`) over what was meant (`mode`) to what is done (`command`). How values are sealed
//! is in the crate `sealing`; what a SealedSecret looks like, in the crate `api`.
//!
//! Decided: nothing is written before everything is sealed, because half an output looks like a whole one to the script
//! that reads it. What memory should not hold waits in a temporary file.

mod backup;
mod cause;
mod certificate;
mod cli;
mod command;
mod connection;
mod controller;
mod core_dumps;
mod decoded;
mod encoding;
mod failure;
mod git;
mod input;
mod key_store;
mod man_pages;
mod manifest;
mod mode;
mod namespace;
mod notice;
mod online;
mod output;
mod paint;
mod program;
mod prompt;
mod proxy;
mod recovery_keys;
mod sealed_file;
mod session;
mod shown;
mod wiped;

pub use man_pages::man_pages;

use cli::Cli;
use failure::Failure;
use mode::Mode;
use notice::When;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with these arguments, of which the first is the name it was called by.
///
/// Exit codes: 0 done; 1 failed; 2 wrong usage; 141 the reader of standard output went away (`| head`), as if by SIGPIPE.
///
/// With upstream's flags, wrong usage is what upstream's parser of flags refuses: a flag that does not exist or has no value, a boolean or a
/// scope that cannot be read. What its program refuses later (`--format xml`, `--request-timeout soon`, `--raw` without `--name`) is 1.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    core_dumps::forbid();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    program::called_by(arguments.first());
    let cli = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(answer) => return cli::answer(&answer),
    };
    notice::show(if cli.quiet == Some(true) { When::Never } else { cli.warn.unwrap_or_default() });
    // Without a command these are upstream's flags: what its parser takes and its program then refuses is exit code 1.
    let usage = if cli.verb.is_some() { 2 } else { 1 };
    match Mode::meant_by(cli) {
        Ok(mode) => command::run(mode).map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS),
        Err(error) => {
            Failure::from(error).report();
            ExitCode::from(usage)
        }
    }
}
