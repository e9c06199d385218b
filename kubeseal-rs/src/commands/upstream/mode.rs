//! [`Mode`]: what upstream's flags choose. The modes exclude each other.

use crate::commands::upstream::flags::UpstreamFlags;
use crate::settings::usage_error::UsageError;
use crate::terminal::warnings::warn;

/// A mode, chosen by a flag of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Seal,
    Raw,
    FetchCert,
    MergeInto,
    Validate,
    ReEncrypt,
    RecoveryUnseal,
}

impl Mode {
    /// The flag that chooses it; none for sealing, the default.
    pub(crate) fn flag(self) -> Option<&'static str> {
        Some(match self {
            Self::Seal => return None,
            Self::Raw => "--raw",
            Self::FetchCert => "--fetch-cert",
            Self::MergeInto => "--merge-into",
            Self::Validate => "--validate",
            Self::ReEncrypt => "--re-encrypt",
            Self::RecoveryUnseal => "--recovery-unseal",
        })
    }

    /// The mode that the flags choose; sealing by default.
    pub(crate) fn from_args(flags: &UpstreamFlags, is_offline: bool) -> Result<Self, UsageError> {
        let rotate = flags.rotate == Some(true);
        if rotate {
            warn("--rotate is the old name of --re-encrypt");
        }
        let merge_into = flags.merge_into.as_ref().is_some_and(|file| !file.as_os_str().is_empty());
        let given = [
            (Self::RecoveryUnseal, flags.recovery_unseal == Some(true)),
            (Self::Validate, flags.validate == Some(true)),
            (Self::ReEncrypt, flags.re_encrypt == Some(true) || rotate),
            (Self::MergeInto, merge_into),
            (Self::Raw, flags.raw == Some(true)),
            (Self::FetchCert, flags.fetch_cert == Some(true)),
        ];
        let given = given.into_iter().filter(|(_, given)| *given);
        let mut given = given.filter_map(|(mode, _)| Some((mode, mode.flag()?)));
        let Some((task, flag)) = given.next() else {
            return Ok(Self::Seal);
        };
        if let Some((_, other)) = given.next() {
            return Err(UsageError::Exclude(flag, other));
        }
        let mut key_files = flags.recovery.recovery_private_key.iter().chain(&flags.recovery.unlock.identity);
        if task == Self::RecoveryUnseal && key_files.all(|file| file.as_os_str().is_empty()) {
            return Err(UsageError::NoRecoveryKey);
        }
        if matches!(task, Self::Validate | Self::ReEncrypt) && is_offline {
            return Err(UsageError::Offline(flag));
        }
        Ok(task)
    }
}
