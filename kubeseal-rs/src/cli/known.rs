//! What there is to write, for whoever wrote something else.

use super::Cli;
use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue};

/// Whether there is a flag of this name.
pub(crate) fn is_flag(name: &str) -> bool {
    Cli::command().get_arguments().any(|flag| flag.get_long() == Some(name))
}

/// The commands, as a sentence lists them.
pub(crate) fn commands() -> String {
    let root = Cli::command();
    let shown = root.get_subcommands().filter(|command| !command.is_hide_set());
    let mut names: Vec<&str> = shown.map(clap::Command::get_name).collect();
    let last = names.pop().unwrap_or_default();
    format!("{} and {last}", names.join(", "))
}

/// The same error, without the advice to write `-- --flag`: nothing that we take begins with a hyphen.
pub(super) fn without_escape(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::StyledStrs(tips)) = error.remove(ContextKind::Suggested) {
        let tips: Vec<_> =
            tips.into_iter().filter(|tip| !tip.to_string().contains("as a value, use")).collect();
        if !tips.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    error
}
