//! `cargo run --package release`: the commands of a release, on machines where `cargo xtask` cannot be built.

use std::process::ExitCode;

use clap::Parser;
use release::command::Command;

/// Build what a release of kubeseal-rs consists of.
#[derive(Debug, Parser)]
#[command(name = "release")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[expect(clippy::print_stderr, reason = "a program that prints to a terminal")]
fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
