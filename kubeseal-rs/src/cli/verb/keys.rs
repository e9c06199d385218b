//! [`KeysFlags`]: what `keys` takes; a file under `keys/` for the flags of each of its commands.

pub(crate) mod backup;
pub(crate) mod list;
pub(crate) mod place;
pub(crate) mod renew;
pub(crate) mod restore;
pub(crate) mod retire;
pub(crate) mod revoke;

use crate::process::program::name;
use clap::{Args, Subcommand};

/// What `help keys` begins with. A const, because the one-line description stands on the variant in `Verb`.
pub(crate) const LONG_ABOUT: &str = "The sealing keys of a cluster: which there are and what needs them, renewal, the end of one, and their backup.\n\n\
    With a sealing key, everything that was sealed with it can be opened; without it, nothing of that. These \
    commands read and change the keys' Secrets in the controller's namespace, as you; no private key is ever shown, but for \
    the backup.";

/// `keys COMMAND`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  \
        # What is there, and what in the cluster and in this folder needs it?\n  \
        {0} keys list deploy/\n\n  \
        # Every night\n  \
        {0} keys backup --recipients-file admins.txt -o keys-$(date +%F).age\n\n  \
        # A key leaked\n  \
        {0} keys revoke 3f2a9c0d1e2b deploy/", name()))]
pub(crate) struct KeysFlags {
    #[command(subcommand)]
    pub verb: KeysVerb,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysVerb {
    /// Show every key, and how many SealedSecrets still need it.
    #[command(long_about = list::LONG_ABOUT)]
    List(list::ListFlags),
    /// Have the controller make a new key now.
    #[command(long_about = renew::LONG_ABOUT)]
    Renew(renew::RenewFlags),
    /// Take a key out that nothing needs any more.
    #[command(long_about = retire::LONG_ABOUT)]
    Retire(retire::RetireFlags),
    /// Take a key out that leaked, and tell which values must be changed.
    #[command(long_about = revoke::LONG_ABOUT)]
    Revoke(revoke::RevokeFlags),
    /// Write all keys to a file, encrypted.
    #[command(long_about = backup::LONG_ABOUT)]
    Backup(backup::BackupFlags),
    /// Put the keys of a backup back.
    #[command(long_about = restore::LONG_ABOUT)]
    Restore(restore::RestoreFlags),
}
