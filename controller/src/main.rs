//! The program `sealed-secrets-controller`: arguments in, exit code out. Everything else is in the library.

use controller::cli::Cli;
use controller::config::Config;
use controller::process::{core_dumps, panic_guard};
use controller::run::{announce, exit};
use controller::{logging, run};
use std::alloc::System;
use std::env;
use std::process::ExitCode;
use zeroizing_alloc::ZeroAlloc;

/// Wipes all memory that is freed. Private keys and values pass through buffers of libraries (HTTP, TLS, JSON), as base64 and as they
/// are; no library wipes those.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
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
