//! `recipients`: changes for which clusters SealedSecrets in files are sealed. `reseal --recipients` and `reseal --check` come here too.
//!
//! `current` reads the recipients that an object has, `wanted` decides which it should have, and `difference` compares them: all three are pure. `files`
//! goes through the files, `object` changes one object, and `summary` prints. The project file and trust are in `project`.

pub(crate) mod current;
pub(crate) mod difference;
pub(crate) mod failure;
pub(crate) mod files;
pub(crate) mod object;
pub(crate) mod summary;
pub(crate) mod wanted;

use crate::commands::recipients::failure::NoKeys;
use crate::commands::recipients::files::{Request, change};
use crate::commands::recipients::wanted::Aim;
use crate::error::CommandError;
use crate::key_store::opening_keys::OpeningKeys;
use crate::key_store::recovery_keys::RecoveryKeys;
use crate::settings::flag_value::{self, text};
use crate::settings::recovery_flags::RecoveryFlags;
use crate::settings::trust_flags::TrustFlags;
use crate::terminal::program::name;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The first part of `help recipients`.
pub(crate) const LONG_ABOUT: &str = "Change for which clusters of the project file SealedSecrets in files are sealed.\n\n\
    The values stay as they are, so that only a user who can open them changes their recipients: with private keys of one of the \
    clusters (--recovery-private-key), or with the age identity of a recipient (--identity). No controller is asked, and no private \
    key moves.\n\n\
    A recipient that was removed still opens what is in the history of the repository. Only a new value is unknown to it.";

/// Change for which clusters SealedSecrets in files are sealed.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} recipients add prod-us apps/shop/prod --recovery-private-key eu.age --identity age.txt\n  \
        {0} recipients remove prod-us apps/shop/prod --identity dr.txt\n\n  \
        # What the rules of the project file say, for all files\n  \
        {0} reseal --recipients apps --identity dr.txt", name()))]
pub(crate) struct RecipientsArgs {
    #[command(subcommand)]
    pub command: RecipientsCommand,
}

/// The commands for recipients.
#[derive(Debug, Subcommand)]
pub(crate) enum RecipientsCommand {
    /// Seal for a cluster as well.
    Add(ChangeArgs),
    /// Seal for a cluster no more.
    Remove(ChangeArgs),
}

/// The flags of both.
#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    /// A cluster of the project file. To remove one that it does not have: the fingerprint or age recipient, or its first digits.
    #[arg(value_name = "CLUSTER")]
    pub name: String,

    /// Files, and directories, of which *.yaml, *.yml and *.json are read.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    pub recovery: RecoveryFlags,

    /// Namespace of SealedSecrets without one, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace)]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub trust: TrustFlags,
}

pub(crate) fn run(args: RecipientsArgs) -> Result<(), CommandError> {
    let (aim, args): (fn(String) -> Aim, _) = match args.command {
        RecipientsCommand::Add(args) => (Aim::Add, args),
        RecipientsCommand::Remove(args) => (Aim::Remove, args),
    };
    let keys = opening_keys(args.recovery)?;
    change(&Request {
        aim: aim(args.name),
        paths: args.paths,
        namespace: text(args.namespace),
        trusted: args.trust.trusted,
        keys: Some(keys),
    })
}

/// What the flags name to open with. None at all is wrong usage.
pub(crate) fn opening_keys(flags: RecoveryFlags) -> Result<OpeningKeys, CommandError> {
    let recovery = RecoveryKeys::from_args(flags.recovery_private_key, flags.unlock);
    if recovery.files.is_empty() && recovery.unlock.identities.is_empty() {
        return Err(NoKeys.into());
    }
    OpeningKeys::load(&recovery)
}
