//! [`CompletionFlags`]: what `completion` takes.

use clap::Args;
use clap_complete::Shell;

/// `completion SHELL`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  kubeseal-rs completion bash > ~/.local/share/bash-completion/completions/kubeseal-rs\n  \
                        kubeseal-rs completion zsh > ~/.zfunc/_kubeseal-rs\n  \
                        kubeseal-rs completion fish > ~/.config/fish/completions/kubeseal-rs.fish"
)]
pub(crate) struct CompletionFlags {
    /// The shell.
    pub shell: Shell,
}
