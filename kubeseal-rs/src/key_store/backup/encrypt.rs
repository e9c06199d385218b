//! [`Encryption`]: encrypts a backup.

use crate::files::input::Input;
use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::passphrase;
use crate::key_store::backup::work_factor::WORK;
use age::armor::{ArmoredWriter, Format};
use age::{Encryptor, Recipient, scrypt, x25519};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What the flags name.
#[derive(Debug)]
pub(crate) enum Encryption {
    /// No encryption.
    None,
    /// Public keys, and files of them.
    Recipients { keys: Vec<String>, files: Vec<PathBuf> },
    /// A passphrase from a file; without one, the user is prompted.
    Passphrase(Option<PathBuf>),
}

/// The recipients, checked before a key is read.
pub(crate) struct ReadyEncryption(Vec<Box<dyn Recipient>>);

impl Encryption {
    /// Reads the files, and prompts for a passphrase.
    pub(crate) fn ready(&self) -> Result<ReadyEncryption, BackupError> {
        Ok(ReadyEncryption(match self {
            Self::None => Vec::new(),
            Self::Passphrase(file) => {
                let passphrase =
                    file.as_ref().map_or_else(passphrase::prompt_new, |file| passphrase::from_file(file))?;
                let mut recipient = scrypt::Recipient::new(passphrase);
                recipient.set_work_factor(WORK);
                vec![Box::new(recipient)]
            }
            Self::Recipients { keys, files } => {
                let mut all = Vec::new();
                for key in keys {
                    all.push(recipient(key).ok_or_else(|| BackupError::Recipient(shown(key)))?);
                }
                for path in files {
                    all.extend(of_file(path)?);
                }
                all
            }
        }))
    }
}

impl ReadyEncryption {
    /// Encrypts, as armoured text; None if the backup is to be plain.
    pub(crate) fn lock(&self, plain: &[u8]) -> Result<Option<Vec<u8>>, BackupError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let encryptor = Encryptor::with_recipients(self.0.iter().map(AsRef::as_ref));
        let encryptor = encryptor.map_err(BackupError::Encrypt)?;
        let mut locked = Vec::new();
        let written = (|| {
            let armored = ArmoredWriter::wrap_output(&mut locked, Format::AsciiArmor)?;
            let mut writer = encryptor.wrap_output(armored)?;
            writer.write_all(plain)?;
            writer.finish()?.finish()
        })();
        written.map_err(|error| BackupError::Encrypt(error.into()))?;
        Ok(Some(locked))
    }
}

fn of_file(path: &Path) -> Result<Vec<Box<dyn Recipient>>, BackupError> {
    let bytes = Input::File(path.to_owned())
        .read_text("recipients")
        .map_err(|source| BackupError::Read { what: "the recipients", source })?;
    let mut found = Vec::new();
    for (index, line) in String::from_utf8_lossy(&bytes).lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // Without the line: a private key that was put there by mistake must not be shown.
        let wrong = || BackupError::RecipientLine { path: path.to_owned(), line: index + 1 };
        found.push(recipient(line).ok_or_else(wrong)?);
    }
    if found.is_empty() { Err(BackupError::NoRecipient(path.to_owned())) } else { Ok(found) }
}

/// A recipient of age, or of a plugin.
fn recipient(text: &str) -> Option<Box<dyn Recipient>> {
    if let Ok(key) = text.parse::<x25519::Recipient>() {
        return Some(Box::new(key));
    }
    if let Ok(key) = text.parse::<age::tag::Recipient>() {
        return Some(Box::new(key));
    }
    text.parse::<age::tagpq::Recipient>().ok().map(|key| Box::new(key) as Box<dyn Recipient>)
}

/// The recipient as a message shows it: a private key that was given by mistake is not shown.
fn shown(key: &str) -> Option<String> {
    key.starts_with("age1").then(|| key.chars().take(80).collect())
}
