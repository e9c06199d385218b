//! [`BackupError`]: why a backup could not be encrypted or decrypted. Never shows what is in it.

use crate::error::Hint;
use crate::files::input::InputError;
use crate::key_store::backup::work_factor::{MOST_WORK, WORK};
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::program::name;
use crate::terminal::prompt::PromptError;
use age::{DecryptError, EncryptError};
use std::io;
use std::path::PathBuf;

/// Why a backup could not be encrypted or decrypted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    /// Text that begins like a recipient is shown; other text may be the private key.
    #[error("{} is not a public key of age or SSH", .0.as_ref().map_or_else(|| "what --recipient says".into(), |key| format!("\"{key}\"")))]
    Recipient(Option<String>),
    #[error("line {line} of {} is not a public key of age or SSH", shown_path(.path))]
    RecipientLine { path: PathBuf, line: usize },
    #[error("nothing can be encrypted to an SSH key of type {}", shown(.0))]
    RecipientType(String),
    #[error("nothing is encrypted to an RSA key of fewer than 2048 bits, or of more than 4096")]
    RecipientSize,
    #[error("{} names no recipient", shown_path(.0))]
    NoRecipient(PathBuf),
    #[error("cannot encrypt the backup")]
    Encrypt(#[source] EncryptError),
    #[error("cannot read {what}")]
    Read {
        what: &'static str,
        #[source]
        source: InputError,
    },
    #[error("cannot read the identities in {}", shown_path(.path))]
    IdentityFile {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} holds no identity of age or SSH that can be used", shown_path(.0))]
    Identity(PathBuf),
    #[error("{} is an SSH key that cannot be used: {why}", shown_path(.path))]
    SshKey { path: PathBuf, why: &'static str },
    #[error("the passphrase does not decrypt {}", shown_path(.0))]
    IdentityPassphrase(PathBuf),
    #[error("{} has a passphrase, and there is no terminal to ask for it", shown_path(.0))]
    NoTerminalForIdentity(PathBuf),
    /// Why says what is weak about it, and shows nothing of it.
    #[error("the passphrase is too weak: a laptop finds it in {time}{}", .why.as_ref().map(|why| format!(". {why}")).unwrap_or_default())]
    Weak { time: String, why: Option<String> },
    #[error("there is no passphrase")]
    NoPassphrase,
    #[error("there is no passphrase")]
    Prompt(#[source] PromptError),
    #[error("a passphrase is needed, and there is no terminal to ask for it")]
    NoTerminal,
    #[error("the backup is encrypted to a passphrase, and there is no terminal to ask for it")]
    NoTerminalToDecrypt,
    #[error("the backup is encrypted to recipients, and no identity was given")]
    NoIdentity,
    #[error(
        "trying a passphrase on the backup takes more than is allowed: its work factor is {0}, and at most {MOST_WORK} is taken"
    )]
    Work(u8),
    #[error("cannot decrypt the backup")]
    Decrypt(#[source] DecryptError),
}

impl Hint for BackupError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Recipient(_) | Self::RecipientLine { .. } | Self::NoRecipient(_) => {
                "a recipient is written as age1…, which `age-keygen -o key.txt` makes and prints, or as ssh-ed25519 … or ssh-rsa …, as in \
                 ~/.ssh/id_ed25519.pub (plugins are not taken)"
                    .into()
            }
            Self::RecipientType(_) | Self::RecipientSize => {
                "give an ssh-ed25519 key, an ssh-rsa key of 2048 to 4096 bits, or one of age: `age-keygen -o key.txt`".into()
            }
            Self::SshKey { .. } => "give another identity that the backup is encrypted to".into(),
            Self::IdentityPassphrase(_) => "try again; with --passphrase-file, the first line of the file is the passphrase".into(),
            Self::NoTerminalForIdentity(_) => {
                "run it in a terminal, or give the passphrase of the identity with --passphrase-file FILE".into()
            }
            Self::Weak { .. } => {
                "a backup opens everything, and is tried offline: take five or more random words, or 16 random characters from a password \
                 manager; `keys backup --recipient` needs no passphrase"
                    .into()
            }
            Self::Encrypt(_) => "post-quantum recipients cannot be mixed with others".into(),
            Self::Read { .. } | Self::IdentityFile { .. } => "name a file that exists and may be read".into(),
            Self::Identity(_) => {
                format!(
                    "an identity is a line AGE-SECRET-KEY-1…, as `age-keygen` writes it, or an SSH key such as ~/.ssh/id_ed25519; a passphrase may \
                     protect it. For others: `age -d -i IDENTITY keys.age | {} keys restore -`; or, in bash, \
                     `--recovery-private-key <(age -d -i IDENTITY keys.age)`",
                    name()
                )
            }
            Self::NoPassphrase => "write it on the first line of the file".into(),
            Self::Prompt(_) => "type it in a terminal, or give --passphrase-file FILE; nothing was changed".into(),
            Self::NoTerminal => {
                "run it in a terminal, or give --passphrase-file FILE; `keys backup --recipient age1…` needs no passphrase"
                    .into()
            }
            Self::NoTerminalToDecrypt => {
                "give the passphrase with --passphrase-file FILE, or run it in a terminal; an identity does not decrypt this backup"
                    .into()
            }
            Self::NoIdentity => "give the private key of one of the recipients, with --identity FILE".into(),
            Self::Decrypt(DecryptError::NoMatchingKeys) => {
                "it is encrypted to other recipients; give their identity with --identity FILE".into()
            }
            Self::Decrypt(DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed) => {
                "the passphrase is another one, or the file was changed".into()
            }
            Self::Work(_) => format!(
                "`{} keys backup` writes {WORK}: another program made this file, or the file was changed. Give another copy",
                name()
            ),
            Self::Decrypt(_) => "the file is not whole, or of a newer version of age".into(),
        })
    }
}
