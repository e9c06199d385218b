//! [`OpeningKeys`]: what a user opens SealedSecrets with, without their cluster: private keys, and age identities.

use crate::error::{CommandError, Context as _};
use crate::key_store::age_identities::AgeIdentities;
use crate::key_store::backup::decrypt::Decryption;
use crate::key_store::recovery_keys::RecoveryKeys;
use recipients::{AgeRecipient, ObjectKey};
use sealing::{KeyRing, Keys};

/// Private keys of clusters, and age identities.
pub(crate) struct OpeningKeys {
    ring: KeyRing,
    identities: AgeIdentities,
}

impl OpeningKeys {
    /// Reads the files. With an identity, private keys are not needed.
    pub(crate) fn load(recovery: &RecoveryKeys) -> Result<Self, CommandError> {
        let Decryption { identities, passphrase } = &recovery.unlock;
        let identities = AgeIdentities::read(identities, passphrase.as_deref())?;
        let ring = if recovery.files.is_empty() && !identities.are_none() {
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
        open(Keys { ring: &self.ring, age: (!self.identities.are_none()).then_some(&age) })
    }
}
