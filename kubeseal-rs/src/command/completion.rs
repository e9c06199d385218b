//! `completion`: a script that lets a shell complete our flags and commands.

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output::Output;
use crate::program::Program;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Prints it.
pub(super) fn completion(program: &Program, shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), program.name(), &mut script);
    Ok(Output::Stdout.write(&script)?)
}
