//! [`BackupRecord`]: which recipients have a backup of a key, and since when, as the annotation `backed-up` of the key's Secret says.
//!
//! Nothing in it is secret: recipients are public keys, and of a passphrase it says only that there is one.

use crate::key_store::backup::encrypt::ReadyEncryption;
use crate::key_store::stored_key::StoredKey;
use api::sealing_key::BACKED_UP;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::fmt;

/// Entries that are kept: the latest ones.
const MOST: usize = 50;

/// Recipients, and the time of the last backup for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BackupRecord(Map<String, Value>);

impl BackupRecord {
    /// The record of a key. A text that is none counts as no record.
    pub(crate) fn of(key: &StoredKey) -> Self {
        Self::read(key.annotation(BACKED_UP).unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// With a backup that is made now.
    #[must_use]
    pub(crate) fn with(mut self, encryption: &ReadyEncryption, now: Timestamp) -> Self {
        let now = Value::String(format!("{now:.0}"));
        self.0.extend(encryption.names().iter().map(|name| (name.clone(), now.clone())));
        while self.0.len() > MOST {
            let oldest = self.0.iter().min_by_key(|(_, time)| time.as_str().unwrap_or_default().to_owned());
            let Some(name) = oldest.map(|(name, _)| name.clone()) else { break };
            self.0.remove(&name);
        }
        self
    }

    /// When the last backup was made.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.0.values().filter_map(|time| time.as_str()?.parse().ok()).max()
    }

    /// As the annotation has it.
    pub(crate) fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}

/// For people: a recipient in each line.
impl fmt::Display for BackupRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, time)| {
            let name: String = name.chars().take(80).collect();
            write!(f, "\n  {name}, {}", time.as_str().unwrap_or("at an unknown time"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_last_backup_of_each_recipient_is_kept() {
        let to = |names: &[&str]| ReadyEncryption::named(names);
        let record = BackupRecord::read("no record")
            .with(&to(&["age1a", "age1b"]), at(0))
            .with(&to(&["age1a"]), at(1));
        let text = r#"{"age1a":"1970-01-01T00:00:01Z","age1b":"1970-01-01T00:00:00Z"}"#;
        assert_eq!(record.to_json(), text);
        assert_eq!((record.last(), BackupRecord::default().last()), (Some(at(1)), None));
        assert_eq!(BackupRecord::read(text), record);
        let full =
            (2..100).fold(record, |record, second| record.with(&to(&[&format!("age1{second}")]), at(second)));
        assert_eq!(full.0.len(), MOST);
        assert!(full.to_json().contains("age199\"") && !full.to_json().contains("age1a"));
    }
}
