//! How the program ends: the version, a wrong command line, a failure.

use crate::config::error::ConfigError;
use crate::process::error_chain::chain;
use crate::run::error::RunError;
use std::process::ExitCode;

/// The version of upstream's controller with the same flags, objects and responses.
const UPSTREAM: &str = "0.40.0";

/// Logs why the controller cannot continue.
pub(crate) fn fatal(error: &RunError) -> ExitCode {
    tracing::error!(error = chain(error), hint = error.hint(), "sealed-secrets-controller stops");
    ExitCode::FAILURE
}

/// Prints the error in the command line; logging has not started yet.
#[expect(clippy::print_stderr, reason = "a usage error goes to the user at the terminal")]
pub(crate) fn usage_error(error: &ConfigError) -> ExitCode {
    eprintln!("error: {error}\nhint: `sealed-secrets-controller --help` lists the flags");
    ExitCode::from(2)
}

/// Prints the output of `--version`. Scripts look for `controller version: v` and compare the third word with versions
/// of upstream's: it is the version that this program replaces. Its own version follows.
#[expect(clippy::print_stdout, reason = "--version prints to standard output")]
pub(crate) fn print_version() {
    println!("controller version: v{UPSTREAM} (sealed-secrets-controller v{})", env!("CARGO_PKG_VERSION"));
}
