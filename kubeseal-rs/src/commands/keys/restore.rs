//! `keys restore`: stores the keys of a backup in the cluster. No existing Secret is overwritten.

pub(crate) mod backed_up;
pub(crate) mod leaks;
pub(crate) mod orphan_cleanup;
pub(crate) mod orphan_key;
pub(crate) mod put_back;

use crate::commands::keys::error::KeysError;
use crate::commands::keys::restore::backed_up::BackedUp;
use crate::commands::keys::restore::leaks::{note_cluster, note_leaks};
use crate::commands::keys::restore::orphan_cleanup::{ClearUp, clear_up};
use crate::commands::keys::restore::put_back::put_back;
use crate::error::CommandError;
use crate::files::input::Input;
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::KeyStore;
use crate::key_store::backup::decrypt::Decryption;
use crate::key_store::backup::error::BackupError;
use crate::manifest::secrets;
use crate::settings::flag_value;
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::unlock_flags::UnlockFlags;
use crate::target;
use crate::terminal::program::name;
use crate::terminal::warnings::warn;
use clap::Args;
use envelope::Certificate;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The first part of `help keys restore`.
pub(crate) const LONG_ABOUT: &str = "Store the keys of a backup in the controller's namespace, before or after the controller's first \
    start there; it uses them at once. Existing, undamaged keys are left as they are, and nothing is \
    overwritten, and nothing is unwrapped: a wrapped key comes back wrapped, which a controller opens under the cluster name that it was \
    wrapped for, in any namespace. If another key, or a damaged one, has the name, the key is stored under another name. \
    So it is safe to run it again. A key that the backup or the cluster marks as compromised, if only in \
    the condition Compromised of a SealedSecret, is never stored as active.\n\n\
    A controller that starts without keys makes one. If that happened since the keys were lost, and \
    trying the keys proves that no SealedSecret in the cluster needs that key, it is retired: it stays \
    in the cluster, but is not served, and opens nothing; with --remove-stray it is deleted. Values that \
    were sealed with it and are not in the cluster yet must be sealed again. If the key is needed, or \
    that is not certain, it stays active, and a message says why. A key that was made by renewal of \
    another is not such a key.\n\n\
    Keys are as old as their certificates, so that renewal continues as before. (Under \
    --key-order-priority SecretCreationTimestamp they are as old as their Secrets, which are new: they \
    are restored oldest first.)";

/// Store the keys of a backup in the cluster again.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys restore keys.age --identity ~/age.txt --dry-run\n  \
        {0} keys restore keys.age --identity ~/age.txt\n  \
        {0} keys restore keys.age    # asks for the passphrase", name()))]
pub(crate) struct RestoreArgs {
    /// The backup: a file of `keys backup`, or Secrets in YAML or JSON; - is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    pub unlock: UnlockFlags,

    /// Print what would be done, and do nothing.
    #[arg(long)]
    pub dry_run: Option<bool>,

    /// Delete a key that the controller made while the keys were lost and that nothing needs, instead of retiring it.
    #[arg(long, conflicts_with = "keep_stray")]
    pub remove_stray: Option<bool>,

    /// Leave a key unchanged that the controller made while the keys were lost.
    #[arg(long)]
    pub keep_stray: Option<bool>,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

pub(crate) fn run(args: RestoreArgs) -> Result<(), CommandError> {
    let dry_run = args.dry_run == Some(true);
    let controller = target::key_store(args.key_store)?;
    let (mut backup, refused) =
        read(&flag_value::input(Some(args.file)), &Decryption::from_args(args.unlock))?;
    let store = KeyStore::connect(&controller)?;
    let existing = store.keys()?;
    note_cluster(&store, &existing, &mut backup)?;
    let mut stdout = ProgressLines::new();
    for key in &backup {
        stdout.print(&put_back(&store, key, &existing, dry_run)?);
    }
    if args.keep_stray != Some(true) {
        let how = ClearUp { removes: args.remove_stray == Some(true), dry_run };
        clear_up(&store, &backup, how, &mut stdout)?;
    }
    if refused > 0 { Err(KeysError::NotAll(refused).into()) } else { Ok(stdout.finish()?) }
}

/// The keys, oldest first and each once, and the number of Secrets that are no keys.
fn read(file: &Input, unlock: &Decryption) -> Result<(Vec<BackedUp>, usize), CommandError> {
    let bytes = file
        .read("a backup of sealing keys")
        .map_err(|source| BackupError::Read { what: "the backup", source })?;
    let plain = unlock.plain(file, bytes)?;
    let mut refused = 0;
    let mut keys = Vec::new();
    for secret in secrets::read(file, &plain).map_err(KeysError::NotBackup)? {
        let location = secret.location;
        match BackedUp::read(secret.secret) {
            Ok(key) => keys.push(key),
            Err(error) => {
                refused += 1;
                warn(format_args!("the Secret in {location} is no sealing key: {error}"));
            }
        }
    }
    if keys.is_empty() {
        return Err(KeysError::NothingToRestore(file.to_string()).into());
    }
    drop_superseded(&mut keys);
    let leaked = keys.iter().filter(|key| key.has_leaked()).map(|key| key.certificate().clone());
    let leaked: Vec<Certificate> = leaked.collect();
    note_leaks(&mut keys, &leaked);
    keys.sort_by_key(BackedUp::since);
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert((key.fingerprint(), key.is_escrow())));
    Ok((keys, refused))
}

/// Leaves out keys in plain that are there wrapped as well: then the wrapped one counts, and the other would be a step back.
fn drop_superseded(keys: &mut Vec<BackedUp>) {
    let is_key = |key: &&BackedUp| key.form().wrapped().is_some() && !key.is_escrow();
    let wrapped: BTreeSet<_> = keys.iter().filter(is_key).map(BackedUp::fingerprint).collect();
    keys.retain(|key| key.form().wrapped().is_some() || !wrapped.contains(&key.fingerprint()));
}
