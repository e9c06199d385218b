//! [`RecoveryKeyError`]: why there is no private key to open with.

use crate::error::Hint;
use crate::files::input::InputError;
use crate::key_store::backup::error::BackupError;
use crate::key_store::key_opener::error::KeyOpenError;
use crate::manifest::error::ManifestError;
use crate::terminal::escape::shown_path;
use std::path::PathBuf;

/// Why there is no private key to open with. Shows names of files and fields, never their content.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecoveryKeyError {
    #[error("cannot read a private key")]
    Read(#[source] InputError),
    #[error("{} is encrypted, in the format of age", shown_path(.file))]
    Encrypted {
        file: PathBuf,
        #[source]
        source: Box<BackupError>,
    },
    #[error("{} is neither PEM nor a backup of sealing keys", shown_path(.0))]
    NotText(PathBuf),
    #[error("cannot read a backup of sealing keys")]
    Backup(#[source] ManifestError),
    #[error("the key in {location} is wrapped, and does not open")]
    Wrapped {
        location: String,
        #[source]
        source: Box<KeyOpenError>,
    },
    #[error(transparent)]
    Opener(#[from] Box<KeyOpenError>),
    #[error("none of the files holds a private key that can open")]
    Nothing,
}

impl Hint for RecoveryKeyError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read(_) => "--recovery-private-key names files that exist and may be read".into(),
            // Standard input may hold the SealedSecrets.
            Self::Encrypted { source, .. } if matches!(**source, BackupError::NoTerminalToDecrypt) => {
                "give --passphrase-file FILE; or run it in a terminal, with -f FILE to name the SealedSecrets".into()
            }
            Self::Encrypted { source, .. } => return source.hint(),
            Self::Wrapped { source, .. } | Self::Opener(source) => return source.hint(),
            Self::NotText(_) | Self::Backup(_) | Self::Nothing => {
                "--recovery-private-key takes PEM files with an RSA private key (not encrypted), and backups as made \
                 by `keys backup`, or `kubectl get secret -n kube-system -l \
                 sealedsecrets.bitnami.com/sealed-secrets-key -o yaml`"
                    .into()
            }
        })
    }
}
