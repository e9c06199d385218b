//! [`OpeningKeys`]: what the user opens SealedSecrets with, to change their recipients.

use crate::commands::recipients::failure::NoKeys;
use crate::error::{CommandError, Context as _};
use crate::key_store::age_identities::AgeIdentities;
use crate::key_store::recovery_keys::RecoveryKeys;
use crate::settings::unlock_flags::UnlockFlags;
use recipients::{AgeRecipient, ObjectKey};
use sealing::{KeyRing, Keys};
use std::path::PathBuf;

/// Private keys of clusters, and age identities.
pub(crate) struct OpeningKeys {
    ring: KeyRing,
    identities: AgeIdentities,
}

impl OpeningKeys {
    /// Reads the files that the flags name. None at all is an error.
    pub(crate) fn load(recovery: Vec<PathBuf>, unlock: UnlockFlags) -> Result<Self, CommandError> {
        let recovery = RecoveryKeys::from_args(recovery, unlock);
        let identities = AgeIdentities::read(&recovery.unlock.identities)?;
        if recovery.files.is_empty() && identities.are_none() {
            return Err(NoKeys.into());
        }
        let ring = if recovery.files.is_empty() {
            KeyRing::default()
        } else {
            recovery.load().context("cannot open without a cluster")?
        };
        Ok(Self { ring, identities })
    }

    /// Calls `open` with the keys.
    pub(crate) fn with<T>(&self, open: impl FnOnce(Keys<'_>) -> T) -> T {
        let age = |recipient: &AgeRecipient, file: &[u8]| -> Option<ObjectKey> {
            self.identities.open(recipient, file)
        };
        open(Keys { ring: &self.ring, age: Some(&age) })
    }
}
