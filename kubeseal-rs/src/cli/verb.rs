//! [`Verb`]: the commands that stand beside upstream's flags, as typed; a file under `verb/` for the flags of each.

pub(crate) mod completion;

use clap::Subcommand;

/// What to do, where it is not what the flags alone say.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Print a completion script for a shell.
    Completion(completion::CompletionFlags),
}
