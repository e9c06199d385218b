//! [`Encryption`]: encrypts a backup.

use crate::files::input::Input;
use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::passphrase;
use crate::key_store::backup::recipient::{BackupRecipient, NoRecipient};
use crate::key_store::backup::strength::check_strength;
use crate::key_store::backup::work_factor::WORK;
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::warnings::alert;
use age::armor::{ArmoredWriter, Format};
use age::secrecy::ExposeSecret as _;
use age::{Encryptor, Recipient, scrypt};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What the record on a key says where there is no public key.
const PASSPHRASE: &str = "a passphrase";
const NOT_ENCRYPTED: &str = "not encrypted";

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
#[derive(Default)]
pub(crate) struct ReadyEncryption {
    recipients: Vec<Box<dyn Recipient>>,
    /// The public keys; of a passphrase, only that there is one.
    names: Vec<String>,
}

impl Encryption {
    /// Reads the files, and prompts for a passphrase.
    pub(crate) fn ready(&self) -> Result<ReadyEncryption, BackupError> {
        let mut ready = ReadyEncryption::default();
        match self {
            Self::None => ready.names.push(NOT_ENCRYPTED.into()),
            Self::Passphrase(file) => {
                let passphrase =
                    file.as_ref().map_or_else(passphrase::prompt_new, |file| passphrase::from_file(file))?;
                check_strength(passphrase.expose_secret())?;
                let mut recipient = scrypt::Recipient::new(passphrase);
                recipient.set_work_factor(WORK);
                ready.recipients.push(Box::new(recipient));
                ready.names.push(PASSPHRASE.into());
            }
            Self::Recipients { keys, files } => {
                for key in keys {
                    ready.add(BackupRecipient::read(key).map_err(|why| refused(key, why))?);
                }
                let found: Vec<_> = files.iter().map(|path| of_file(path)).collect::<Result<_, _>>()?;
                let is_usable = |of_file: &Vec<_>| !of_file.is_empty();
                let has_any = !ready.recipients.is_empty() || found.iter().any(is_usable);
                for (path, of_file) in files.iter().zip(found) {
                    if of_file.is_empty() && !has_any {
                        return Err(BackupError::NoRecipient(path.clone()));
                    }
                    if of_file.is_empty() {
                        alert(format_args!(
                            "the backup is encrypted to no recipient of {}",
                            shown_path(path)
                        ));
                    }
                    for recipient in of_file {
                        ready.add(recipient);
                    }
                }
            }
        }
        Ok(ready)
    }
}

impl ReadyEncryption {
    fn add(&mut self, BackupRecipient { recipient, text }: BackupRecipient) {
        self.recipients.push(recipient);
        self.names.push(text);
    }

    /// Who has the backup, as the record on a key says it.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// For tests of the record.
    #[cfg(test)]
    pub(crate) fn named(names: &[&str]) -> Self {
        Self { recipients: Vec::new(), names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Encrypts, as armoured text; None if the backup is to be plain.
    pub(crate) fn lock(&self, plain: &[u8]) -> Result<Option<Vec<u8>>, BackupError> {
        if self.recipients.is_empty() {
            return Ok(None);
        }
        let encryptor = Encryptor::with_recipients(self.recipients.iter().map(AsRef::as_ref));
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

/// The recipients in a file, which may be one of `authorized_keys` or `https://github.com/USER.keys`. Keys of other types are left out with a
/// warning, because such files have them beside others; perhaps all of them. A file without any key is refused, as age does: it was not
/// mounted, or its name is wrong.
fn of_file(path: &Path) -> Result<Vec<BackupRecipient>, BackupError> {
    let bytes = Input::File(path.to_owned())
        .read_text("recipients")
        .map_err(|source| BackupError::Read { what: "the recipients", source })?;
    let (mut found, mut is_empty) = (Vec::new(), true);
    for (index, line) in String::from_utf8_lossy(&bytes).lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        is_empty = false;
        match BackupRecipient::read(line) {
            Ok(recipient) => found.push(recipient),
            Err(NoRecipient::Type(kind)) => alert(format_args!(
                "line {} of {} is left out: nothing can be encrypted to a key of type {}",
                index + 1,
                shown_path(path),
                shown(&kind)
            )),
            Err(NoRecipient::Size) => return Err(BackupError::RecipientSize),
            // Without the line: a private key that was put there by mistake must not be shown.
            Err(NoRecipient::Other) => {
                return Err(BackupError::RecipientLine { path: path.to_owned(), line: index + 1 });
            }
        }
    }
    if is_empty { Err(BackupError::NoRecipient(path.to_owned())) } else { Ok(found) }
}

/// The error about a text on the command line.
fn refused(key: &str, why: NoRecipient) -> BackupError {
    match why {
        // A private key that was given by mistake is not shown.
        NoRecipient::Other => {
            BackupError::Recipient(key.starts_with("age1").then(|| key.chars().take(80).collect()))
        }
        NoRecipient::Type(kind) => BackupError::RecipientType(kind),
        NoRecipient::Size => BackupError::RecipientSize,
    }
}
