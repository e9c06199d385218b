//! [`WrapError`] and [`UnwrapError`]: why the configured providers did not wrap or unwrap a key.

use crate::format::context::ClusterName;
use crate::format::data_key::CryptoFailed;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use envelope::{KeyPairError, PrivateKeyError};
use std::error::Error;
use std::fmt::Write as _;

/// A key was not wrapped. It is stored nowhere.
#[derive(Debug, thiserror::Error)]
pub enum WrapError {
    /// A provider did not encrypt, or did not decrypt what it had encrypted a moment before.
    #[error("the provider {uri} {step}")]
    Provider {
        /// The provider.
        uri: String,
        /// What it did not do.
        step: &'static str,
        /// The cause.
        source: ProviderError,
    },
    /// What a provider decrypted is not what it had encrypted.
    #[error("the provider {0} decrypted something else than it had encrypted")]
    Changed(String),
    /// The providers' slots together are more than a wrapped key may have.
    #[error("the providers together return more than a wrapped key may hold")]
    TooLong,
    /// The private key could not be encoded.
    #[error("encoding the private key failed")]
    Encode(#[from] PrivateKeyError),
    /// The library failed.
    #[error("encrypting the private key failed")]
    Crypto(#[from] CryptoFailed),
}

/// A key was not unwrapped.
#[derive(Debug, thiserror::Error)]
pub enum UnwrapError {
    /// It was wrapped for another cluster. No provider was contacted.
    #[error(
        "it was wrapped for the cluster {of}, and this one is {here}: write --cluster-name={of} if it is the same cluster, moved or restored"
    )]
    OtherCluster {
        /// The cluster that it names.
        of: ClusterName,
        /// The cluster that was expected.
        here: ClusterName,
    },
    /// It has no slot of a configured provider that opens.
    #[error("no configured provider opens it; it is wrapped with {0}")]
    NoSlot(String),
    /// Each slot of a configured provider failed.
    #[error("no provider opened it: {}", listed(.0))]
    Slots(Vec<SlotFailure>),
    /// What was unwrapped is not the private half of its certificate.
    #[error("what was unwrapped is not the private key of its certificate")]
    KeyPair(#[from] KeyPairError),
}

/// Why one slot did not open.
#[derive(Debug)]
pub struct SlotFailure {
    /// The provider.
    pub uri: String,
    /// The cause; None if the provider gave a data key, and the private key did not decrypt under it.
    pub error: Option<ProviderError>,
}

impl UnwrapError {
    /// Whether the same key can be unwrapped later, without a change of it or of the configuration.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Slots(failures) => {
                failures.iter().filter_map(SlotFailure::kind).any(ProviderErrorKind::is_transient)
            }
            Self::OtherCluster { .. } | Self::NoSlot(_) | Self::KeyPair(_) => false,
        }
    }

    /// Whether the key can be unwrapped later, and all that it waits for is an answer of a provider.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        let Self::Slots(failures) = self else { return false };
        let mut transient =
            failures.iter().filter_map(SlotFailure::kind).filter(|kind| kind.is_transient()).peekable();
        transient.peek().is_some() && transient.all(|kind| kind == ProviderErrorKind::Unavailable)
    }
}

impl SlotFailure {
    fn kind(&self) -> Option<ProviderErrorKind> {
        self.error.as_ref().map(|error| error.kind)
    }
}

fn listed(failures: &[SlotFailure]) -> String {
    let mut text = String::new();
    for failure in failures {
        let separator = if text.is_empty() { "" } else { "; " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{separator}{}: ", failure.uri);
        match &failure.error {
            None => text.push_str("the private key does not decrypt under its data key: it was changed, or wrapped in another context"),
            Some(error) => {
                let _ = write!(text, "{error}");
                let mut source = error.source();
                while let Some(cause) = source {
                    let _ = write!(text, ": {cause}");
                    source = cause.source();
                }
            }
        }
    }
    text
}
