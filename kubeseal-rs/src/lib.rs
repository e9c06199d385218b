//! `kubeseal-rs`: seals Kubernetes Secrets on a laptop with a public certificate.
//!
//! From what was typed (`cli`) over what was meant (`mode`) to what is done (`command`). How values are sealed
//! is in the crate `sealing`; what a SealedSecret looks like, in the crate `api`.
//!
//! Decided: nothing is written before everything is sealed, because half an output looks like a whole one to the script
//! that reads it. What memory should not hold waits in a temporary file.

pub(crate) mod certificate;
pub(crate) mod cli;
pub(crate) mod cluster;
pub(crate) mod commands;
pub(crate) mod controller;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod git;
pub(crate) mod key_store;
pub(crate) mod manifest;
pub(crate) mod process;
pub(crate) mod settings;
pub(crate) mod terminal;

pub use crate::cli::man_pages::man_pages;

use crate::cli::Cli;
use crate::error::CommandError;
use crate::process::{core_dumps, program};
use crate::settings::Mode;
use crate::terminal::warnings;
use crate::terminal::warnings::When;
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
    warnings::show(if cli.quiet == Some(true) { When::Never } else { cli.warn.unwrap_or_default() });
    let is_upstreams = cli.verb.is_none();
    match Mode::meant_by(cli).map_err(CommandError::from).and_then(commands::run) {
        Ok(()) => ExitCode::SUCCESS,
        // What upstream's parser of flags takes and its program then refuses is exit code 1.
        Err(error) if is_upstreams => error.usage_as_failed().report(),
        Err(error) => error.report(),
    }
}
