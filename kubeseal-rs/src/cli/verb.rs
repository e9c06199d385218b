//! [`Verb`]: the commands that stand beside upstream's flags, as typed; a file under `verb/` for the flags of each.

pub(crate) mod completion;
pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod guard;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod reseal;

use clap::Subcommand;

/// What to do, where it is not what the flags alone say.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Build a Secret and seal it in one go, without a plaintext file.
    #[command(long_about = create::LONG_ABOUT)]
    Create(Box<create::CreateFlags>),
    /// Find plaintext Secrets in files, or in what is staged.
    #[command(long_about = guard::LONG_ABOUT)]
    Guard(guard::GuardFlags),
    /// Tell what a SealedSecret is bound to, what is in it, and what is wrong with it.
    #[command(long_about = inspect::LONG_ABOUT)]
    Inspect(Box<inspect::InspectFlags>),
    /// List, renew, retire, revoke, back up and restore the sealing keys of a cluster.
    #[command(long_about = keys::LONG_ABOUT)]
    Keys(Box<keys::KeysFlags>),
    /// Print a completion script for a shell.
    Completion(completion::CompletionFlags),
    /// Edit a SealedSecret in an editor, without a private key.
    #[command(long_about = edit::LONG_ABOUT)]
    Edit(Box<edit::EditFlags>),
    /// Reseal what is sealed to older certificates.
    #[command(long_about = reseal::LONG_ABOUT)]
    Reseal(Box<reseal::ResealFlags>),
}
