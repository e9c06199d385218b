//! `kubeseal-rs`: seals Kubernetes Secrets on a laptop with a public certificate.
//!
//! `cli` reads the command line, `target` resolves which certificate, controller and namespace it names, and `commands` has a
//! file for each command. Flags of several commands are in `settings`. Commands read and write manifests with `manifest`, in
//! files with `files`; they send requests to the API server with `cluster`, to the controller with `controller`, and read its
//! keys with `key_store`. `project` is the file in which a team states its clusters. How values are sealed is in the crate
//! `sealing`; the fields of a SealedSecret are in the crate `api`, and its entries for several clusters in `recipients`.
//!
//! Decided: nothing is written before everything is sealed, because a script would take half an output for a whole one. What
//! memory should not hold waits in a temporary file.

pub(crate) mod certificate;
pub(crate) mod cli;
pub(crate) mod cluster;
pub(crate) mod commands;
pub(crate) mod controller;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod key_store;
pub(crate) mod manifest;
pub(crate) mod project;
pub(crate) mod settings;
pub(crate) mod target;
pub(crate) mod terminal;

pub use crate::cli::man_pages::{command, man_pages};

use crate::cli::Cli;
use crate::terminal::program;
use crate::terminal::warnings::{self, When};
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with these arguments, of which the first is the name it was called by.
///
/// Exit codes: 0 done; 1 failed; 2 wrong usage; 130 and 143 ended by SIGINT (Ctrl-C) and SIGTERM; 141 the reader of standard
/// output closed it (`| head`), as if by SIGPIPE. Of `diff`: 0 the same; 1
/// different; 2 failed, or wrong usage.
///
/// With upstream's flags, wrong usage is what upstream's flag parser refuses: a flag that does not exist or has no
/// value, a boolean or a scope that cannot be read. What its program refuses later (`--format xml`, `--request-timeout
/// soon`, `--raw` without `--name`) is 1.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    forbid_core_dumps();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    program::called_by(arguments.first());
    if let Some(answered) = cli::complete::answer(&arguments) {
        return answered;
    }
    let cli = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(answer) => return cli::report(&answer),
    };
    warnings::show(if cli.quiet == Some(true) { When::Never } else { cli.warn.unwrap_or_default() });
    cli.run().map_or_else(|error| error.report(), |()| ExitCode::SUCCESS)
}

/// Forbids core dumps of this program, which may hold plaintext, and private keys from a backup. Best effort: a system that refuses does not
/// prevent sealing.
///
/// Programs that it starts may dump no core either: an editor holds what is typed. A process that is not dumpable cannot be traced by
/// other processes of the same user, and its files in `/proc` are root's; it opens `/dev/stdin` all the same.
#[cfg(unix)]
fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // The limit does not apply where core dumps are piped to a program (`core_pattern`).
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(not(unix))]
fn forbid_core_dumps() {}
