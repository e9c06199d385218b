//! [`ConversionError`]: why a key was not stored in another form.

use crate::commands::keys::error::ObjectList;
use crate::error::Hint;
use crate::key_store::error::KeyStoreError;
use crate::terminal::program::name;
use envelope::PrivateKeyError;
use std::time::Duration;

/// Why a command failed. Never shows a private key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConversionError {
    #[error("{0} of the wrapped keys did not open")]
    NotOpened(usize),
    #[error("the keys are wrapped for several clusters: {0}")]
    SeveralClusters(String),
    #[error("key {0} is compromised, and stays as it is")]
    Compromised(String),
    #[error("the Secret of key {key} cannot be used: {problem}")]
    Unusable { key: String, problem: String },
    #[error("encoding the private key failed")]
    Encode(#[source] PrivateKeyError),
    #[error("Secret {secret} does not hold key {key} as it was written")]
    NotStored { key: String, secret: String },
    #[error("key {0} is not in use, and the controller does not convert it")]
    NotInUse(String),
    #[error("key {0} is in plain")]
    InPlain(String),
    #[error("the controller did not {what} within {} s:{keys}", .waited.as_secs())]
    NotConverted {
        what: &'static str,
        keys: ObjectList,
        /// The `kubectl` command that shows what the controller says of the first of them.
        look: String,
        waited: Duration,
        /// The error of the last request.
        #[source]
        source: Option<Box<KeyStoreError>>,
    },
}

impl Hint for ConversionError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotOpened(_) => "the warnings say why; these stay wrapped".into(),
            Self::SeveralClusters(_) => {
                "say whose keys they have to be, with --cluster-name NAME, which is the controller's: others may have been put there by users who may \
                 write Secrets; nothing was opened"
                    .into()
            }
            Self::Compromised(_) => {
                "nothing opens with it any more; what was sealed with it is known to others".into()
            }
            Self::Unusable { .. } => "mend it, or restore the key from a backup".into(),
            Self::Encode(_) => return None,
            Self::NotStored { .. } => format!(
                "another client changed it; the wrapped key is still there: look at `{} keys list`, and run it again",
                name()
            ),
            Self::InPlain(key) => format!("`{} keys wrap {key}` has the controller wrap it", name()),
            Self::NotInUse(_) => {
                format!("`{} keys list` shows its state, and how one that was retired is wrapped", name())
            }
            Self::NotConverted { look, .. } => format!(
                "the requests stay on the Secrets, and a controller that wraps keys (--key-wrap-with) answers them once it can: `{look}` shows what \
                 it says. An older controller, or upstream's, does not know them"
            ),
        })
    }
}
