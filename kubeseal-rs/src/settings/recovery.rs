//! [`RecoveryKeys`] and [`Unlock`]: which files of private keys were meant, and what decrypts them.

use crate::cli::unlock_flags::UnlockFlags;
use crate::key_store::backup::unlock::Unlock;
use crate::key_store::recovery_keys::RecoveryKeys;
use crate::settings::path;
use std::path::PathBuf;

impl RecoveryKeys {
    /// The files that the flags name.
    pub(crate) fn meant_by(files: Vec<PathBuf>, unlock: UnlockFlags) -> Self {
        Self { files: named(files), unlock: Unlock::meant_by(unlock) }
    }
}

impl Unlock {
    /// What the flags name.
    pub(crate) fn meant_by(flags: UnlockFlags) -> Self {
        Self { identities: named(flags.identity), passphrase: path(flags.passphrase_file) }
    }
}

fn named(files: Vec<PathBuf>) -> Vec<PathBuf> {
    files.into_iter().filter_map(|file| path(Some(file))).collect()
}
