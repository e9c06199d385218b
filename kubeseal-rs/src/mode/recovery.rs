//! [`RecoveryKeys`] and [`Unlock`]: which files of private keys were meant, and what decrypts them.

use super::path;
use crate::backup::Unlock;
use crate::cli::UnlockFlags;
use crate::recovery_keys::RecoveryKeys;
use std::path::PathBuf;

impl RecoveryKeys {
    /// The files that the flags name.
    pub(super) fn meant_by(files: Vec<PathBuf>, unlock: UnlockFlags) -> Self {
        Self { files: named(files), unlock: Unlock::meant_by(unlock) }
    }
}

impl Unlock {
    /// What the flags name.
    pub(super) fn meant_by(flags: UnlockFlags) -> Self {
        Self { identities: named(flags.identity), passphrase: path(flags.passphrase_file) }
    }
}

fn named(files: Vec<PathBuf>) -> Vec<PathBuf> {
    files.into_iter().filter_map(|file| path(Some(file))).collect()
}
