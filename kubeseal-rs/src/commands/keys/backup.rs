//! `keys backup`: all keys into one file.

use crate::commands::keys::error::KeysError;
use crate::error::Failure;
use crate::files::output::private::{to_new_file as write_new_private, to_stdout as write_all_private};
use crate::files::output::{OutputError, tell};
use crate::key_store::KeyStore;
use crate::key_store::backup::write::list;
use crate::key_store::stored_key::StoredKey;
use crate::settings::keys::{Backup, KeyPlace};
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use api::annotations::repeats_object;
use api::sealing_key::RENEW;
use sealing::UnsealedSecret;
use std::io::{self, ErrorKind, IsTerminal as _};
use std::path::Path;

pub(crate) fn backup(backup: &Backup, place: &KeyPlace) -> Result<(), Failure> {
    if let Some(file) = backup.file.as_deref().filter(|file| !backup.overwrite && is_kept(file)) {
        return Err(KeysError::Exists(file.to_owned()).into());
    }
    let is_plain = matches!(backup.lock, crate::key_store::backup::lock::Lock::None);
    if is_plain && backup.file.is_none() && io::stdout().is_terminal() {
        return Err(KeysError::Terminal.into());
    }
    let lock = backup.lock.ready()?;
    let store = KeyStore::connect(place)?;
    let (keys, unusable): (Vec<StoredKey>, Vec<StoredKey>) =
        store.keys()?.into_iter().partition(|key| key.key().is_ok());
    for key in &unusable {
        alert(left_out(store.namespace(), key));
    }
    if keys.is_empty() {
        return Err(KeysError::NothingToBackUp(store.namespace().to_owned()).into());
    }
    // A request to renew is not a part of the key; and what kubectl and others note may hold the key itself.
    let is_left_out = |name: &str| name == RENEW || repeats_object(name);
    let secrets: Vec<UnsealedSecret> = keys.iter().map(|key| key.to_back_up(is_left_out)).collect();
    let plain = list(&secrets)?;
    let locked = lock.lock(plain.bytes())?;
    let bytes = locked.as_deref().unwrap_or(plain.bytes());
    match &backup.file {
        // The reader must get all of it.
        None => Ok(write_all_private(bytes).map_err(OutputError::Stdout)?),
        Some(file) => {
            let is_kept = !is_passage(file);
            write(file, bytes, backup.overwrite)?;
            if !is_kept {
                return Ok(());
            }
            Ok(tell(&summary(file, &keys, is_plain))?)
        }
    }
}

/// Whether the file would be lost.
fn is_kept(file: &Path) -> bool {
    file.exists() && !is_passage(file)
}

/// Whether it is a pipe or a device, which leads elsewhere.
fn is_passage(file: &Path) -> bool {
    file.metadata().is_ok_and(|file| !file.is_file() && !file.is_dir())
}

/// What is no key when it is backed up is none when it is restored.
fn left_out(namespace: &str, key: &StoredKey) -> String {
    let why = key.key().err().map(|error| error.to_string()).unwrap_or_default();
    format!(
        "Secret {namespace}/{} is labelled as a sealing key and is none: {why}. It is not in the backup",
        key.name()
    )
}

fn write(file: &Path, bytes: &[u8], overwrite: bool) -> Result<(), KeysError> {
    write_new_private(file, bytes, overwrite).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => KeysError::Exists(file.to_owned()),
        _ => KeysError::Write { path: file.to_owned(), source },
    })
}

fn summary(file: &Path, keys: &[StoredKey], is_plain: bool) -> String {
    let (count, file) = (keys.len(), shown_path(file));
    let noun = if count == 1 { "key" } else { "keys" };
    let how = if is_plain { "not encrypted: with it, everything can be opened" } else { "encrypted" };
    format!("{file}: {count} sealing {noun}, {how}\n")
}
