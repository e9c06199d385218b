//! [`open`]: opens an age file that a passphrase protects: a backup, or a file of identities.

use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::work_factor::MOST_WORK;
use age::armor::ArmoredReader;
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Identity, scrypt};
use std::io::Read as _;

/// Whether the bytes are in the format of age, armoured or not.
pub(crate) fn is_encrypted(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.starts_with(b"age-encryption.org/") || text.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// Whether an age file is encrypted to a passphrase, and not to recipients.
pub(crate) fn is_protected(file: &[u8]) -> Result<bool, BackupError> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(file)).map_err(BackupError::Decrypt)?;
    Ok(decryptor.is_scrypt())
}

/// Opens the file with its passphrase.
pub(crate) fn open(file: &[u8], passphrase: SecretString) -> Result<Vec<u8>, BackupError> {
    let mut identity = scrypt::Identity::new(passphrase);
    identity.set_max_work_factor(MOST_WORK);
    open_with(file, &[Box::new(identity)])
}

/// Opens the file with one of these identities.
pub(crate) fn open_with(file: &[u8], identities: &[Box<dyn Identity>]) -> Result<Vec<u8>, BackupError> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(file)).map_err(BackupError::Decrypt)?;
    let mut reader = decryptor.decrypt(identities.iter().map(AsRef::as_ref)).map_err(undone)?;
    let mut plain = Vec::new();
    reader.read_to_end(&mut plain).map_err(|error| BackupError::Decrypt(error.into()))?;
    Ok(plain)
}

/// The message about a high work factor is our own: the crate's depends on this machine's speed.
fn undone(error: DecryptError) -> BackupError {
    match error {
        DecryptError::ExcessiveWork { required, .. } => BackupError::Work(required),
        other => BackupError::Decrypt(other),
    }
}
