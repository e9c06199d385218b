//! The program `sealed-secrets-controller`: arguments in, exit code out. Everything else is in the library.

use clap::Parser as _;
use controller::cli::Cli;
use controller::config::Config;
use controller::{logging, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.version {
        logging::print_version();
        return ExitCode::SUCCESS;
    }
    let config = match Config::from_cli(cli) {
        Ok(config) => config,
        Err(error) => return logging::usage_error(&error),
    };
    logging::start(&config.logging);
    match run::run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => logging::fatal(&error),
    }
}
