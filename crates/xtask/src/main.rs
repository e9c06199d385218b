//! `cargo xtask`: the project's own commands. Each is in the file of its name. A new command is a variant of `Command` here and such a
//! file.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints to a terminal")]

mod bench;
mod cargo;
mod check;
mod ci;
mod demo;
mod generate;
mod image;
mod paint;
mod span;
mod step;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Do the main job on a local control plane, and show it: seal a Secret, apply it, see it unsealed
    Demo(demo::Arguments),
    /// Run all tests, those on a real control plane included
    Test(test::Arguments),
    /// Measure our programs beside upstream's, on this machine
    Bench(bench::Arguments),
    /// Check formatting and lints
    Check,
    /// Do everything that CI does
    Ci,
    /// Write the files that are made from others: the chart's CustomResourceDefinition, the plain manifests
    Generate(generate::Arguments),
    /// Write an image to a file, without Docker
    Image(image::Arguments),
    /// Build what a release consists of: archives of kubeseal-rs, the Krew manifest
    #[command(subcommand)]
    Release(release::command::Command),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", harness::failure::report(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Check => check::run(),
        Command::Ci => ci::run(),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Image(arguments) => image::run(&arguments),
        Command::Release(command) => command.run(),
    }
}
