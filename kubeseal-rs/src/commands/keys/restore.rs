//! `keys restore`: puts the keys of a backup back. Nothing that is there is overwritten.

pub(crate) mod backed_up;
pub(crate) mod clear_up;
pub(crate) mod leaks;
pub(crate) mod orphan_key;
pub(crate) mod put_back;

use crate::commands::keys::error::KeysError;
use crate::commands::keys::restore::backed_up::BackedUp;
use crate::commands::keys::restore::clear_up::clear_up;
use crate::commands::keys::restore::leaks::{note_cluster, note_leaks};
use crate::commands::keys::restore::put_back::put_back;
use crate::error::Failure;
use crate::files::output::progress_lines::Telling;
use crate::key_store::KeyStore;
use crate::key_store::backup::error::BackupError;
use crate::manifest::secrets;
use crate::settings::keys::{KeyPlace, Restore, Stray};
use crate::terminal::warnings::warn;
use envelope::Certificate;
use std::collections::BTreeSet;

pub(crate) fn restore(restore: &Restore, place: &KeyPlace) -> Result<(), Failure> {
    let (mut backup, refused) = read(restore)?;
    let store = KeyStore::connect(place)?;
    let existing = store.keys()?;
    note_cluster(&store, &existing, &mut backup)?;
    let mut telling = Telling::begin();
    for key in &backup {
        telling.tell(&put_back(&store, key, &existing, restore.dry_run)?);
    }
    if restore.stray != Stray::Keep {
        clear_up(&store, &backup, restore, &mut telling)?;
    }
    if refused > 0 { Err(KeysError::NotAll(refused).into()) } else { Ok(telling.end()?) }
}

/// The keys, oldest first and each once, and how many Secrets are none.
fn read(restore: &Restore) -> Result<(Vec<BackedUp>, usize), Failure> {
    let bytes = restore
        .backup
        .read("a backup of sealing keys")
        .map_err(|source| BackupError::Read { what: "the backup", source })?;
    let plain = restore.unlock.plain(&restore.backup, bytes)?;
    let mut refused = 0;
    let mut keys = Vec::new();
    for secret in secrets::read(&restore.backup, &plain).map_err(KeysError::NotBackup)? {
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
        return Err(KeysError::NothingToRestore(restore.backup.to_string()).into());
    }
    let leaked = keys.iter().filter(|key| key.has_leaked()).map(|key| key.certificate().clone());
    let leaked: Vec<Certificate> = leaked.collect();
    note_leaks(&mut keys, &leaked);
    keys.sort_by_key(BackedUp::since);
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.fingerprint()));
    Ok((keys, refused))
}
