//! [`KeyBackup`]: the keys of the cluster as a backup holds them.

use crate::commands::keys::error::KeysError;
use crate::error::CommandError;
use crate::key_store::KeyStore;
use crate::key_store::backup::backup_record::BackupRecord;
use crate::key_store::backup::encrypt::ReadyEncryption;
use crate::key_store::backup::write::list;
use crate::key_store::stored_key::StoredKey;
use crate::terminal::warnings::alert;
use api::annotations::repeats_object;
use api::sealing_key::{BACKED_UP, RENEW};
use envelope::Fingerprint;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use std::collections::BTreeSet;

/// A backup that is not written yet.
pub(crate) struct KeyBackup {
    /// Each key, and the record of its backups that is to be on its Secret.
    keys: Vec<(StoredKey, String)>,
    plain: String,
    /// None if it is not to be encrypted.
    locked: Option<Vec<u8>>,
}

impl KeyBackup {
    /// Reads all keys and encrypts them. Secrets that hold no key are left out, with a warning.
    pub(crate) fn make(
        store: &KeyStore,
        lock: &ReadyEncryption,
        is_recorded: bool,
    ) -> Result<Self, CommandError> {
        let (keys, unusable): (Vec<StoredKey>, Vec<StoredKey>) =
            store.keys()?.into_iter().partition(|key| key.key().is_ok());
        for key in &unusable {
            alert(left_out(store.namespace(), key));
        }
        if keys.is_empty() {
            return Err(KeysError::NothingToBackUp(store.namespace().to_owned()).into());
        }
        let now = Timestamp::now();
        let record = |key: &StoredKey| BackupRecord::of(key).with(lock, now).to_json();
        let keys: Vec<(StoredKey, String)> =
            keys.into_iter().map(|key| (record(&key), key)).map(|(record, key)| (key, record)).collect();
        let secrets: Vec<Secret> =
            keys.iter().map(|(key, record)| to_back_up(key, is_recorded.then_some(record))).collect();
        let plain = list(&secrets)?;
        let locked = lock.lock(plain.as_bytes())?;
        Ok(Self { keys, plain, locked })
    }

    /// What is written.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.locked.as_deref().unwrap_or(self.plain.as_bytes())
    }

    pub(crate) fn fingerprints(&self) -> BTreeSet<Fingerprint> {
        self.keys.iter().filter_map(|(key, _)| key.fingerprint()).collect()
    }

    /// Each key, and the record of its backups.
    pub(crate) fn records(&self) -> impl Iterator<Item = (&StoredKey, &String)> {
        self.keys.iter().map(|(key, record)| (key, record))
    }

    /// Number of keys.
    pub(crate) const fn count(&self) -> usize {
        self.keys.len()
    }
}

/// The Secret, with the record that this backup makes: a restored key then says that there is a backup of it. A request for renewal is not
/// a part of the key; annotations of kubectl and other tools may hold the key itself.
fn to_back_up(key: &StoredKey, record: Option<&String>) -> Secret {
    let mut secret = key.to_back_up(|name| name == RENEW || repeats_object(name));
    if let Some(record) = record {
        secret.metadata.annotations.get_or_insert_default().insert(BACKED_UP.into(), record.clone());
    }
    secret
}

/// A Secret that is no key in the cluster would be none after a restore.
fn left_out(namespace: &str, key: &StoredKey) -> String {
    let why = key.key().err().map(|error| error.to_string()).unwrap_or_default();
    format!(
        "Secret {namespace}/{} is labelled as a sealing key and is none: {why}. It is not in the backup",
        key.name()
    )
}
