//! `completion`: a script that lets a shell complete our flags and commands.

use crate::cli::Cli;
use crate::error::CommandError;
use crate::files::output::Output;
use crate::process::program::name;
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

/// Prints it.
pub(crate) fn completion(shell: Shell) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut shown(), name(), &mut script);
    Ok(Output::Stdout.write(&script)?)
}

/// The whole without the flags that are hidden, which clap's scripts would offer: they are only taken.
fn shown() -> Command {
    let whole = Cli::command();
    let arguments = whole.get_arguments().filter(|argument| !argument.is_hide_set()).cloned();
    Command::new("kubeseal-rs")
        .disable_version_flag(true)
        .args(arguments)
        .subcommands(whole.get_subcommands().cloned())
}
