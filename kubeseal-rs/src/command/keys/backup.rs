//! `keys backup`: all keys into one file.

use super::KeysError;
use crate::backup::list;
use crate::controller::ControllerAddress;
use crate::failure::Failure;
use crate::key_store::{KeyStore, State, StoredKey};
use crate::mode::Backup;
use crate::output::{Output, write_new_private};
use api::annotations::LAST_APPLIED;
use api::sealing_key::RENEW;
use sealing::UnsealedSecret;
use std::io::{self, ErrorKind, IsTerminal as _};
use std::path::Path;

pub(super) fn backup(backup: &Backup, place: &ControllerAddress) -> Result<(), Failure> {
    if let Some(file) = backup.file.as_deref().filter(|file| !backup.overwrite && file.exists()) {
        return Err(KeysError::Exists(file.to_owned()).into());
    }
    let is_plain = matches!(backup.lock, crate::backup::Lock::None);
    if is_plain && backup.file.is_none() && io::stdout().is_terminal() {
        return Err(KeysError::Terminal.into());
    }
    let lock = backup.lock.ready()?;
    let store = KeyStore::connect(place)?;
    let keys = store.keys()?;
    if !keys.iter().any(|key| key.state() != State::Unusable) {
        return Err(KeysError::NothingToBackUp(store.namespace().to_owned()).into());
    }
    // A request to renew is not a part of the key; and kubectl's note may hold the key itself.
    let without: Vec<&str> = LAST_APPLIED.iter().copied().chain([RENEW]).collect();
    let secrets: Vec<UnsealedSecret> = keys.iter().map(|key| key.to_back_up(&without)).collect();
    let plain = list(&secrets)?;
    let locked = lock.lock(plain.bytes())?;
    let bytes = locked.as_deref().unwrap_or(plain.bytes());
    match &backup.file {
        None => Ok(Output::Stdout.write_private(bytes)?),
        Some(file) => {
            write(file, bytes, backup.overwrite)?;
            Ok(Output::Stdout.write(summary(file, &keys, is_plain).as_bytes())?)
        }
    }
}

fn write(file: &Path, bytes: &[u8], overwrite: bool) -> Result<(), KeysError> {
    write_new_private(file, bytes, overwrite).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => KeysError::Exists(file.to_owned()),
        _ => KeysError::Write { path: file.to_owned(), source },
    })
}

fn summary(file: &Path, keys: &[StoredKey], is_plain: bool) -> String {
    let (count, file) = (keys.len(), file.display());
    let noun = if count == 1 { "key" } else { "keys" };
    let how = if is_plain { "not encrypted: whoever reads it can open everything" } else { "encrypted" };
    format!("{file}: {count} sealing {noun}, {how}\n")
}
