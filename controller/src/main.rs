//! The program `sealed-secrets-controller`: arguments in, exit code out. Everything else is in the library.

use controller::cli::Cli;
use controller::config::Config;
use controller::{contained, logging, run};
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::read(env::args_os(), |variable| env::var_os(variable)) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    if cli.version {
        logging::print_version();
        return ExitCode::SUCCESS;
    }
    let config = match Config::from_cli(cli) {
        Ok(config) => config,
        Err(error) => return logging::usage_error(&error),
    };
    logging::start(&config.logging);
    contained::end_on_panic();
    config.cautions.iter().for_each(logging::caution);
    match run::run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => logging::fatal(&error),
    }
}
