//! `keys`: the sealing keys of a cluster.
//!
//! A file for each subcommand, with its flags and its help; a new one needs a file, a `mod` line, and two lines in
//! `KeysCommand` and `run`. Shared: `find` (the key of a fingerprint), `usage` (which SealedSecrets need which key),
//! `renewal` (requests a new key), `after_renewal` (what to do then), `kubectl_command` (what to run instead), `error`. The commands that store keys in
//! another form are in `conversion`. `key_store` reads and writes the keys themselves. The columns of `keys list` are in `list::table`, and in `list::listing::Line` for JSON.

pub(crate) mod after_renewal;
pub(crate) mod backup;
pub(crate) mod conversion;
pub(crate) mod error;
pub(crate) mod find;
pub(crate) mod kubectl_command;
pub(crate) mod list;
pub(crate) mod renew;
pub(crate) mod renewal;
pub(crate) mod restore;
pub(crate) mod retire;
pub(crate) mod revoke;
pub(crate) mod usage;

use crate::commands::keys::conversion::{rewrap, unwrap, wrap};
use crate::error::CommandError;
use crate::terminal::program::name;
use clap::{Args, Subcommand};

/// The first part of `help keys`.
pub(crate) const LONG_ABOUT: &str = "The sealing keys of a cluster: list them and what needs them, renew, retire and revoke them, make and \
    restore backups, and have them wrapped by key management services.\n\n\
    With a sealing key, everything that was sealed with it can be opened; without it, nothing of that. \
    These commands are for administrators: they read and change the keys' Secrets in the controller's namespace, \
    with your permissions, which a user who only seals does not need. No private key is ever shown, except in a \
    backup.";

/// List, renew, retire, revoke, back up, restore and wrap the sealing keys of a cluster.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # What is there, and what in the cluster and in this folder needs it?\n  \
        {0} keys list deploy/\n\n  \
        # Of a cluster of the project file, whatever the current context is\n  \
        {0} keys list --for prod-eu\n\n  \
        # Every night\n  \
        {0} keys backup --recipients-file admins.txt -o keys-$(date +%F).age\n\n  \
        # A key leaked\n  \
        {0} keys revoke 3f2a9c0d1e2b deploy/", name()))]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// The commands for keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    List(list::ListArgs),
    Renew(renew::RenewArgs),
    Retire(retire::RetireArgs),
    Revoke(revoke::RevokeArgs),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
    Wrap(wrap::WrapArgs),
    Rewrap(rewrap::RewrapArgs),
    Unwrap(unwrap::UnwrapArgs),
}

pub(crate) fn run(args: KeysArgs) -> Result<(), CommandError> {
    match args.command {
        KeysCommand::List(args) => list::run(args),
        KeysCommand::Renew(args) => renew::run(args),
        KeysCommand::Retire(args) => retire::run(args),
        KeysCommand::Revoke(args) => revoke::run(args),
        KeysCommand::Backup(args) => backup::run(args),
        KeysCommand::Restore(args) => restore::run(args),
        KeysCommand::Wrap(args) => wrap::run(args),
        KeysCommand::Rewrap(args) => rewrap::run(args),
        KeysCommand::Unwrap(args) => unwrap::run(args),
    }
}
