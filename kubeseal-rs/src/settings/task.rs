//! [`Task`]: which of upstream's jobs the flags ask for. They exclude each other.

use crate::cli::Cli;
use crate::settings::usage_error::UsageError;
use crate::terminal::warnings::warn;

/// A job that is chosen by a flag of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    Seal,
    Raw,
    FetchCert,
    MergeInto,
    Validate,
    ReEncrypt,
    RecoveryUnseal,
}

impl Task {
    /// The one that was asked for; sealing, where none was.
    pub(crate) fn meant_by(cli: &Cli) -> Result<Self, UsageError> {
        let rotate = cli.rotate == Some(true);
        if rotate {
            warn("--rotate is the old name of --re-encrypt");
        }
        let merge_into = cli.merge_into.as_ref().is_some_and(|file| !file.as_os_str().is_empty());
        let asked = [
            (Self::RecoveryUnseal, "--recovery-unseal", cli.recovery_unseal == Some(true)),
            (Self::Validate, "--validate", cli.validate == Some(true)),
            (Self::ReEncrypt, "--re-encrypt", cli.re_encrypt == Some(true) || rotate),
            (Self::MergeInto, "--merge-into", merge_into),
            (Self::Raw, "--raw", cli.raw == Some(true)),
            (Self::FetchCert, "--fetch-cert", cli.fetch_cert == Some(true)),
        ];
        let mut asked = asked.into_iter().filter(|(_, _, asked)| *asked);
        let Some((task, flag, _)) = asked.next() else {
            return Ok(Self::Seal);
        };
        if let Some((_, other, _)) = asked.next() {
            return Err(UsageError::Exclude(flag, other));
        }
        if task == Self::RecoveryUnseal
            && cli.recovery_private_key.iter().all(|file| file.as_os_str().is_empty())
        {
            return Err(UsageError::NoRecoveryKey);
        }
        if matches!(task, Self::Validate | Self::ReEncrypt) && cli.certificate.offline == Some(true) {
            return Err(UsageError::Offline(flag));
        }
        Ok(task)
    }
}
