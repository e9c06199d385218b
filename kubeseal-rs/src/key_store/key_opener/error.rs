//! [`KeyOpenError`]: why a wrapped key was not opened on this machine.

use crate::error::{Hint, Kind};
use crate::key_store::backup::error::BackupError;
use crate::key_store::form_text::recipients;
use key_wrapping::{ClusterNameError, ProviderSpecError, UnwrapError, WrappedKey};
use std::io;

/// Why a wrapped key was not opened. Never shows what it holds.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyOpenError {
    #[error("cannot start what providers are contacted with")]
    Start(#[source] io::Error),
    #[error(transparent)]
    Identities(#[from] BackupError),
    #[error("--cluster-name is no name of a cluster")]
    ClusterName(#[source] ClusterNameError),
    #[error("--key-unwrap-with: provider {number} cannot be used")]
    Provider {
        /// Which of those that were given, from 1.
        number: usize,
        #[source]
        source: ProviderSpecError,
    },
    #[error("{error}")]
    Unwrap {
        error: UnwrapError,
        /// The age recipients that it is wrapped for.
        recipients: Vec<String>,
    },
}

impl KeyOpenError {
    pub(crate) fn of(error: UnwrapError, key: &WrappedKey) -> Self {
        Self::Unwrap { error, recipients: recipients(key) }
    }
}

impl Hint for KeyOpenError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Identities(error) => error.hint(),
            Self::ClusterName(_) => Some("write the name that the controller has, or leave the flag out".into()),
            Self::Provider { .. } => Some(
                "write it as in the controller's --key-wrap-with; an age identity is in a file, which --identity names".into(),
            ),
            Self::Unwrap { error: UnwrapError::NoSlot(_), recipients } => Some(match recipients.as_slice() {
                [] => "name the provider with --key-unwrap-with URI; `keys list -o wide` shows its URI".into(),
                some => format!("give the identity of {} with --identity FILE", some.join(" or ")),
            }),
            Self::Start(_) | Self::Unwrap { error: UnwrapError::OtherCluster { .. }, .. } => None,
            Self::Unwrap { error: UnwrapError::Slots(_), .. } => Some(
                "a provider that does not answer may do so later; a key that was changed does not open: restore it from a backup"
                    .into(),
            ),
            Self::Unwrap { error: UnwrapError::KeyPair(_), .. } => {
                Some("its Secret was put together from two keys: restore it from a backup".into())
            }
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::ClusterName(_) | Self::Provider { .. } => Kind::Usage,
            Self::Start(_) | Self::Identities(_) | Self::Unwrap { .. } => Kind::Failed,
        }
    }
}
