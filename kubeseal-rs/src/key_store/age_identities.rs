//! [`AgeIdentities`]: age identities from files, which open the entries of SealedSecrets without any cluster.

use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::identities::Identities;
use age::{Decryptor, Identity};
use recipients::{AgeRecipient, ObjectKey};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// An object key has 32 bytes.
const OBJECT_KEY: u64 = 32;

/// The identities of a user.
pub(crate) struct AgeIdentities(Vec<Box<dyn Identity>>);

impl AgeIdentities {
    /// Every identity in these files.
    pub(crate) fn read(files: &[PathBuf], passphrase_file: Option<&Path>) -> Result<Self, BackupError> {
        // A SealedSecret is never encrypted to an SSH key, so that none needs its passphrase here. A protected file of age identities is opened: which entries
        // are for it is not known before.
        Ok(Self(Identities::read(files, passphrase_file)?.into_ready()))
    }

    pub(crate) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The object key in the age file of an entry. None if no identity opens it. Files with a passphrase are none of an entry.
    pub(crate) fn open(&self, _: &AgeRecipient, file: &[u8]) -> Option<ObjectKey> {
        let decryptor = Decryptor::new_buffered(file).ok().filter(|decryptor| !decryptor.is_scrypt())?;
        let reader = decryptor.decrypt(self.0.iter().map(AsRef::as_ref)).ok()?;
        // With room, so that nothing is moved, and no copy is left.
        let mut key = Vec::with_capacity(256);
        // One byte more shows that it is no object key.
        reader.take(OBJECT_KEY + 1).read_to_end(&mut key).ok()?;
        ObjectKey::take(&mut key)
    }
}
