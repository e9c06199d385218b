//! [`SelectionFlags`]: which keys a command is about.

use crate::commands::keys::error::KeysError;
use crate::commands::keys::find::find;
use crate::key_store::stored_key::StoredKey;
use crate::settings::usage_error::UsageError;
use clap::Args;

/// Keys by their fingerprints, or all.
#[derive(Debug, Default, Args)]
pub(crate) struct SelectionFlags {
    /// Fingerprints of the keys, or their first digits, as `keys list` shows them.
    #[arg(value_name = "FINGERPRINT", conflicts_with = "all")]
    pub fingerprints: Vec<String>,

    /// All keys that can be converted.
    #[arg(long)]
    pub all: Option<bool>,
}

impl SelectionFlags {
    /// Refuses a command line that names no key.
    pub(crate) fn check(&self, command: &'static str) -> Result<(), UsageError> {
        if self.fingerprints.is_empty() && self.all != Some(true) {
            return Err(UsageError::NoKeys(command));
        }
        Ok(())
    }

    /// The Secrets of each named key, in the order of the names; None for all.
    pub(crate) fn find<'a>(
        &self,
        keys: &'a [StoredKey],
    ) -> Result<Option<Vec<Vec<&'a StoredKey>>>, KeysError> {
        if self.all == Some(true) {
            return Ok(None);
        }
        let mut found: Vec<(_, Vec<&StoredKey>)> = Vec::new();
        for given in &self.fingerprints {
            let (fingerprint, secrets) = find(keys, given)?;
            if found.iter().all(|(known, _)| *known != fingerprint) {
                found.push((fingerprint, secrets));
            }
        }
        Ok(Some(found.into_iter().map(|(_, secrets)| secrets).collect()))
    }
}
