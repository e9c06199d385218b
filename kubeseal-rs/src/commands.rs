//! The commands: a file for each, with its flags, its help and what it does. [`Command`] lists them.
//!
//! To add one, write `commands/NAME.rs` with a struct of its flags (`#[derive(clap::Args)]`; the doc comment is its line in `--help`) and `run`, and add
//! it to [`Command`].

pub(crate) mod clusters;
pub(crate) mod common;
pub(crate) mod completion;
pub(crate) mod create;
pub(crate) mod diff;
pub(crate) mod edit;
pub(crate) mod guard;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod r#move;
pub(crate) mod recipients;
pub(crate) mod render;
pub(crate) mod rescope;
pub(crate) mod reseal;
pub(crate) mod seal;
pub(crate) mod upstream;

use crate::error::CommandError;
use clap::Subcommand;

/// The commands beside upstream's flags.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Seal(Box<seal::SealArgs>),
    Create(Box<create::flags::CreateArgs>),
    Clusters(Box<clusters::ClustersArgs>),
    Diff(diff::DiffArgs),
    Guard(guard::GuardArgs),
    Init(Box<init::InitArgs>),
    Inspect(Box<inspect::InspectArgs>),
    Keys(Box<keys::KeysArgs>),
    Completion(completion::CompletionArgs),
    Edit(Box<edit::EditArgs>),
    Recipients(Box<recipients::RecipientsArgs>),
    Render(render::RenderArgs),
    Reseal(Box<reseal::ResealArgs>),
    Move(Box<r#move::MoveArgs>),
    Rescope(Box<rescope::RescopeArgs>),
}

impl Command {
    /// Runs the command. `whole` is the command line of the program, which `completion` describes.
    pub(crate) fn run(self, whole: &clap::Command) -> Result<(), CommandError> {
        match self {
            Self::Seal(args) => seal::run(*args),
            Self::Create(args) => create::run(*args),
            Self::Clusters(args) => clusters::run(*args),
            Self::Diff(args) => diff::run(&args),
            Self::Guard(args) => guard::run(args),
            Self::Init(args) => init::run(&args),
            Self::Inspect(args) => inspect::run(*args),
            Self::Keys(args) => keys::run(*args),
            Self::Completion(args) => completion::run(&args, whole),
            Self::Edit(args) => edit::run(*args),
            Self::Recipients(args) => recipients::run(*args),
            Self::Render(args) => render::run(args),
            Self::Reseal(args) => reseal::run(*args),
            Self::Move(args) => r#move::run(*args),
            Self::Rescope(args) => rescope::run(*args),
        }
    }
}
