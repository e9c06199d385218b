//! [`CompletionFlags`]: what `completion` takes.

use crate::process::program::name;
use clap::Args;
use clap_complete::Shell;

/// `completion SHELL`.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Examples:\n  {0} completion bash > ~/.local/share/bash-completion/completions/{0}\n  \
                        {0} completion zsh > ~/.zfunc/_{0}\n  \
                        {0} completion fish > ~/.config/fish/completions/{0}.fish", name())
)]
pub(crate) struct CompletionFlags {
    /// The shell.
    pub shell: Shell,
}
