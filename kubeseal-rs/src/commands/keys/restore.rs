//! `keys restore`: puts the keys of a backup back. Nothing that is there is overwritten.

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

/// What `help keys restore` begins with.
pub(crate) const LONG_ABOUT: &str = "Put the keys of a backup into the controller's namespace, before or after the controller's first start there; it counts them \
    at once. Keys that are there already, and whole, are left as they are, and nothing is overwritten: where another key, or a damaged \
    one, has the name, it is stored under another. So running it again is safe. A key that the backup or the cluster calls \
    compromised, if only in the condition Compromised of a SealedSecret, is never stored as active.\n\n\
    A controller that starts without keys makes one. If that happened since the keys were lost, and trying proves that no \
    SealedSecret in the cluster needs that key, it is retired: it stays in the cluster, but is not served, and opens nothing; \
    with --remove-stray it is deleted. What was sealed with it and is not in the cluster yet has to be sealed anew. If it is \
    needed, or either cannot be told, it stays active, and you are told why. A key that was made by renewal of another is not \
    one of these.\n\n\
    Keys are as old as their certificates, so that renewal goes on as if nothing had happened. (Under --key-order-priority \
    SecretCreationTimestamp they are as old as their Secrets, which is new: they are restored oldest first.)";

/// Put the keys of a backup back.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys restore keys.age --identity ~/age.txt --dry-run\n  \
        {0} keys restore keys.age --identity ~/age.txt\n  \
        {0} keys restore keys.age    # asks for the passphrase", name()))]
pub(crate) struct RestoreArgs {
    /// The backup: of `keys backup`, or Secrets in YAML or JSON; - is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    pub unlock: UnlockFlags,

    /// Tell what would be done, and do nothing.
    #[arg(long)]
    pub dry_run: Option<bool>,

    /// Delete a key that the controller made meanwhile and nothing needs, instead of retiring it.
    #[arg(long, conflicts_with = "keep_stray")]
    pub remove_stray: Option<bool>,

    /// Leave a key that the controller made meanwhile as it is.
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

/// The keys, oldest first and each once, and how many Secrets are none.
fn read(file: &Input, unlock: &Decryption) -> Result<(Vec<BackedUp>, usize), CommandError> {
    let bytes = file
        .read("a backup of sealing keys")
        .map_err(|source| BackupError::Read { what: "the backup", source })?;
    let plain = unlock.plain(file, bytes)?;
    let mut refused = 0;
    let mut keys = Vec::new();
    for secret in secrets::read(file, &plain).map_err(KeysError::NotBackup)? {
        let place = secret.location;
        match BackedUp::read(secret.secret) {
            Ok(key) => keys.push(key),
            Err(error) => {
                refused += 1;
                warn(format_args!("the Secret in {place} is no sealing key: {error}"));
            }
        }
    }
    if keys.is_empty() {
        return Err(KeysError::NothingToRestore(file.to_string()).into());
    }
    let leaked = keys.iter().filter(|key| key.has_leaked()).map(|key| key.certificate().clone());
    let leaked: Vec<Certificate> = leaked.collect();
    note_leaks(&mut keys, &leaked);
    keys.sort_by_key(BackedUp::since);
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.fingerprint()));
    Ok((keys, refused))
}
