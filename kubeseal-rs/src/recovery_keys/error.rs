//! [`RecoveryKeyError`]: there is no private key to open with.

use crate::input::InputError;
use crate::manifest::ManifestError;
use crate::program::name;
use std::path::PathBuf;

/// Why there is no private key to open with. Shows names of files and fields, never what is in them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecoveryKeyError {
    #[error("cannot read a private key")]
    Read(#[source] InputError),
    #[error("{} is encrypted, in the format of age", .file.display())]
    Encrypted { file: PathBuf, passphrase: bool },
    #[error("{} is neither PEM nor a backup of sealing keys", .0.display())]
    NotText(PathBuf),
    #[error("cannot read a backup of sealing keys")]
    Backup(#[source] ManifestError),
    #[error("none of the files holds a private key that can open")]
    Nothing,
}

impl RecoveryKeyError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Read(_) => "--recovery-private-key names files that exist and may be read".into(),
            Self::Encrypted { file, passphrase } => {
                let identity = if *passphrase { "" } else { "-i IDENTITY " };
                let file = file.display();
                format!(
                    "decrypt it for this command alone, in bash: `{} --recovery-unseal --recovery-private-key <(age -d \
                     {identity}{file}) -f SEALED.yaml`; `{0} reseal` takes it in the same way",
                    name()
                )
            }
            Self::NotText(_) | Self::Backup(_) | Self::Nothing => {
                "--recovery-private-key takes PEM files with an RSA private key (not encrypted), and backups as made \
                 by `kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml`"
                    .into()
            }
        }
    }
}
