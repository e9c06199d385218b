//! `completion`: a script that lets a shell complete our flags and commands.

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output::Output;
use crate::program::name;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Prints it.
pub(super) fn completion(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), name(), &mut script);
    Ok(Output::Stdout.write(&script)?)
}
