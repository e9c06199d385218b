//! `keys restore`: puts the keys of a backup back. Nothing that is there is overwritten.

mod backed_up;
mod clear_up;
mod leaks;
mod put_back;

use super::KeysError;
use crate::backup::BackupError;
use crate::failure::Failure;
use crate::key_store::KeyStore;
use crate::manifest;
use crate::mode::{KeyPlace, Restore, Stray};
use crate::notice::warn;
use crate::output::Telling;
use backed_up::BackedUp;
use clear_up::clear_up;
use envelope::Certificate;
use leaks::{note_cluster, note_leaks};
use put_back::put_back;
use std::collections::BTreeSet;

pub(super) fn restore(restore: &Restore, place: &KeyPlace) -> Result<(), Failure> {
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
    for secret in manifest::read(&restore.backup, &plain).map_err(KeysError::NotBackup)? {
        let place = secret.place;
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
