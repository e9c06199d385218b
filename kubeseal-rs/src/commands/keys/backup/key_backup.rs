//! [`KeyBackup`]: the keys of the cluster as a backup holds them.

use crate::commands::keys::error::KeysError;
use crate::error::CommandError;
use crate::key_store::KeyStore;
use crate::key_store::backup::backup_record::BackupRecord;
use crate::key_store::backup::encrypt::ReadyEncryption;
use crate::key_store::backup::write::list;
use crate::key_store::stored_key::{State, StoredKey};
use crate::terminal::warnings::alert;
use api::annotations::repeats_object;
use api::sealing_key::{BACKED_UP, RENEW, REWRAP, WRAP};
use envelope::Fingerprint;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A backup that is not written yet.
pub(crate) struct KeyBackup {
    /// Each key, and the record of its backups that is to be on its Secret.
    keys: Vec<(StoredKey, String)>,
    plain: String,
    /// None if it is not to be encrypted.
    locked: Option<Vec<u8>>,
}

impl KeyBackup {
    /// Reads all keys and encrypts them, wrapped ones as they are. Secrets that hold no key are left out, with a warning.
    pub(crate) fn make(
        store: &KeyStore,
        lock: &ReadyEncryption,
        is_recorded: bool,
    ) -> Result<Self, CommandError> {
        let (keys, unusable): (Vec<StoredKey>, Vec<StoredKey>) =
            store.keys()?.into_iter().partition(|key| key.form().is_ok());
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

    /// The keys that it has itself, and not only as an escrow copy, which is of no use without an age identity.
    pub(crate) fn fingerprints(&self) -> BTreeSet<Fingerprint> {
        self.records().filter_map(|(key, _)| key.fingerprint()).collect()
    }

    /// Each key, and the record of its backups.
    pub(crate) fn records(&self) -> impl Iterator<Item = (&StoredKey, &String)> {
        let keys = self.keys.iter().map(|(key, record)| (key, record));
        keys.filter(|(key, _)| key.state() != State::Escrow)
    }

    /// What it has, for the report.
    pub(crate) fn summary(&self) -> String {
        let of =
            |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let copies = self.keys.iter().filter(|(key, _)| key.state() == State::Escrow).count();
        let count = self.keys.len() - copies;
        let wrapped = self.wrapped().count();
        let mut text = of(count, "sealing key", "sealing keys");
        if wrapped == count && count > 0 {
            text += " (wrapped)";
        } else if wrapped > 0 {
            // Writing to a String cannot fail.
            let _ = write!(text, " ({} plain, {wrapped} wrapped)", count - wrapped);
        }
        if copies > 0 {
            let _ = write!(text, " and {}", of(copies, "escrow copy", "escrow copies"));
        }
        text + match (self.locked.is_some(), wrapped == count) {
            (true, _) => ", encrypted",
            (false, true) => ", not encrypted: whoever their providers let decrypt can open everything",
            (false, false) => ", not encrypted: with it, everything can be opened",
        }
    }

    /// A line for each wrapped key: what it opens with.
    pub(crate) fn wrapped_lines(&self) -> String {
        let line = |key: &StoredKey| {
            let form = key.form().ok()?;
            Some(format!("  {}, {form}; {}\n", key.fingerprint()?.short(), form.condition()?))
        };
        self.wrapped().filter_map(line).collect()
    }

    fn wrapped(&self) -> impl Iterator<Item = &StoredKey> {
        self.records().map(|(key, _)| key).filter(|key| key.wrapped().is_some())
    }
}

/// The Secret, with the record that this backup makes: a restored key then says that there is a backup of it. A request to the controller is not
/// a part of the key; annotations of kubectl and other tools may hold the key itself.
fn to_back_up(key: &StoredKey, record: Option<&String>) -> Secret {
    let is_request = |name: &str| [RENEW, WRAP, REWRAP].contains(&name);
    let mut secret = key.to_back_up(|name| is_request(name) || repeats_object(name));
    if let Some(record) = record.filter(|_| key.state() != State::Escrow) {
        secret.metadata.annotations.get_or_insert_default().insert(BACKED_UP.into(), record.clone());
    }
    secret
}

/// A Secret that is no key in the cluster would be none after a restore.
fn left_out(namespace: &str, key: &StoredKey) -> String {
    let why = key.problem().unwrap_or_default();
    format!(
        "Secret {namespace}/{} is labelled as a sealing key and is none: {why}. It is not in the backup",
        key.name()
    )
}
