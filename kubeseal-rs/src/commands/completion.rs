//! `completion`: prints a script that lets a shell complete the flags and commands.

use crate::error::CommandError;
use crate::files::output::Output;
use crate::terminal::program::name;
use clap::{Args, Command};
use clap_complete::Shell;

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Examples:\n  {0} completion bash > ~/.local/share/bash-completion/completions/{0}\n  \
                        {0} completion zsh > ~/.zfunc/_{0}\n  \
                        {0} completion fish > ~/.config/fish/completions/{0}.fish", name())
)]
pub(crate) struct CompletionArgs {
    /// The shell.
    pub shell: Shell,
}

pub(crate) fn run(args: &CompletionArgs, whole: &Command) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut visible(whole), name(), &mut script);
    Ok(Output::Stdout.write(&script)?)
}

/// The command line without hidden flags, which clap's scripts would complete.
fn visible(whole: &Command) -> Command {
    let arguments = whole.get_arguments().filter(|argument| !argument.is_hide_set()).cloned();
    Command::new("kubeseal-rs")
        .disable_version_flag(true)
        .args(arguments)
        .subcommands(whole.get_subcommands().cloned())
}
