//! [`Decryption`]: decrypts a backup, with the identities or passphrase that flags name.

use crate::files::encoding::to_utf8;
use crate::files::input::Input;
use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::header::Header;
use crate::key_store::backup::identities::Identities;
use crate::key_store::backup::passphrase;
use crate::key_store::backup::protected::{is_encrypted, is_protected, open, open_with};
use crate::settings::flag_value::{path_of, paths_of};
use crate::settings::unlock_flags::UnlockFlags;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What the flags name.
#[derive(Debug)]
pub(crate) struct Decryption {
    pub identities: Vec<PathBuf>,
    /// A file with the passphrase; without it, the user is prompted.
    pub passphrase: Option<PathBuf>,
}

impl Decryption {
    /// From the flags.
    pub(crate) fn from_args(flags: UnlockFlags) -> Self {
        Self { identities: paths_of(flags.identity), passphrase: path_of(flags.passphrase_file) }
    }

    /// The text that was read from `from`, in UTF-8, and decrypted if it is encrypted.
    pub(crate) fn plain(&self, from: &Input, bytes: Vec<u8>) -> Result<Vec<u8>, BackupError> {
        self.identities.iter().try_for_each(|path| check_readable(path))?;
        let bytes = to_utf8(bytes);
        if is_encrypted(&bytes) { self.unlock(from, &bytes).map(to_utf8) } else { Ok(bytes) }
    }

    pub(crate) fn unlock(&self, from: &Input, locked: &[u8]) -> Result<Vec<u8>, BackupError> {
        if is_protected(locked)? {
            let passphrase = match &self.passphrase {
                Some(file) => passphrase::from_file(file)?,
                None => passphrase::prompt_for(from)?,
            };
            return open(locked, passphrase);
        }
        if self.identities.is_empty() {
            return Err(BackupError::NoIdentity);
        }
        let identities = Identities::read(&self.identities, self.passphrase.as_deref())?;
        open_with(locked, &identities.for_header(&Header::read(locked)?, self.passphrase.as_deref())?)
    }
}

/// Checks that the file can be read, even if the backup does not need it. A pipe can be read only once, and is not
/// checked.
fn check_readable(path: &Path) -> Result<(), BackupError> {
    let readable = fs::metadata(path)
        .and_then(|found| if found.is_file() { File::open(path).map(drop) } else { Ok(()) });
    readable.map_err(|source| BackupError::IdentityFile { path: path.to_owned(), source })
}
