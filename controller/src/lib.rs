//! The controller: turns every SealedSecret of a cluster into the Secret it stands for.
//!
//! `cli` parses the flags, `config` checks and combines them, and `run` starts the parts: `keys` owns the sealing keys,
//! `unseal` reconciles SealedSecrets, `http` serves the certificate, and `leader_election` decides which of several replicas
//! does the first two. All of them use `client` for requests to the API server, `events`,
//! `metrics` and `logging` for reports, and `process` for what concerns the process itself.
//!
//! What a SealedSecret means is not here: the types are in `api`, unsealing is in `sealing`, and the bytes are
//! in `envelope`.

pub mod cli;
pub(crate) mod client;
pub(crate) mod config;
pub(crate) mod events;
pub(crate) mod http;
pub(crate) mod keys;
pub(crate) mod leader_election;
pub(crate) mod logging;
pub(crate) mod metrics;
pub(crate) mod process;
pub(crate) mod run;
pub(crate) mod unseal;

use crate::cli::Cli;
use crate::config::Config;
use crate::process::{core_dumps, panic_guard};
use crate::run::{announce, exit};
use std::env;
use std::process::ExitCode;

/// The program, from its arguments to its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::read(env::args_os(), |variable| env::var_os(variable)) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    if cli.version {
        exit::print_version();
        return ExitCode::SUCCESS;
    }
    let config = match Config::from_cli(cli) {
        Ok(config) => config,
        Err(error) => return exit::usage_error(&error),
    };
    logging::start(&config.logging);
    announce::process_starts(&config);
    core_dumps::forbid();
    panic_guard::end_on_panic();
    match run::run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::fatal(&error),
    }
}
