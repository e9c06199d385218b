//! `completion`: prints a script that lets a shell complete commands, flags and values.
//!
//! The scripts of Bash, zsh and fish ask the program, by [`VARIABLE`], what can stand at the cursor: `cli::complete` answers. So a script that
//! is installed stays right when the program is replaced. The scripts of the other shells are clap's, which have no values.

use crate::error::CommandError;
use crate::files::output::Output;
use crate::terminal::program::name;
use clap::{Args, Command};
use clap_complete::Shell;

/// The variable by which a script asks; its value is the shell's name. The arguments are then `-- LINE INDEX WORD...`: the command line up to
/// the cursor, and its words, of which the one of this index is to be completed.
pub(crate) const VARIABLE: &str = "KUBESEAL_RS_COMPLETE";

/// The line after the candidates that asks for the names of files, which the shell quotes itself.
pub(crate) const FILES: &str = ":files";

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Examples:\n  \
                        # For this session (Bash, zsh)\n  \
                        source <({0} completion bash)\n\n  \
                        # For every session\n  \
                        {0} completion bash > ~/.local/share/bash-completion/completions/{0}\n  \
                        {0} completion zsh > ~/.zfunc/_{0}\n  \
                        {0} completion fish > ~/.config/fish/completions/{0}.fish\n\n\
                        The scripts of Bash, zsh and fish complete the program under both of its names, and values, such as contexts, namespaces, \
                        keys, clusters of the project file and the names of items. Bash and fish load a script by the name of its file: for the other \
                        name of the program, make a link to the file under that name.", name())
)]
pub(crate) struct CompletionArgs {
    /// The shell.
    pub shell: Shell,
}

pub(crate) fn run(args: &CompletionArgs, whole: &Command) -> Result<(), CommandError> {
    let script = match args.shell {
        Shell::Bash => include_str!("completion/script.bash"),
        Shell::Zsh => include_str!("completion/script.zsh"),
        Shell::Fish => include_str!("completion/script.fish"),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut visible(whole), name(), &mut script);
            return Ok(Output::Stdout.write(&script)?);
        }
    };
    let script = script.replace("VARIABLE", VARIABLE).replace("PROGRAM", name());
    Ok(Output::Stdout.write(script.as_bytes())?)
}

/// The command line without hidden flags, which clap's scripts would complete.
fn visible(whole: &Command) -> Command {
    let arguments = whole.get_arguments().filter(|argument| !argument.is_hide_set()).cloned();
    Command::new("kubeseal-rs")
        .disable_version_flag(true)
        .args(arguments)
        .subcommands(whole.get_subcommands().cloned())
}
