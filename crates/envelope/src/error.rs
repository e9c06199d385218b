//! [`SealError`] and [`OpenError`]: why a value was not sealed, and why it does not open.

use crate::layout::Truncated;

/// Why a value could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The random source failed.
    #[error("the random source failed")]
    Random,
    /// The RSA step failed.
    #[error("the session key could not be wrapped")]
    Wrap,
    /// AES-GCM takes at most 64 GiB.
    #[error("the value is too long to be sealed")]
    TooLong,
    /// The envelope to reseal is shorter than it says.
    #[error(transparent)]
    Truncated(#[from] Truncated),
}

/// Why an envelope does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The envelope is shorter than it says.
    #[error(transparent)]
    Truncated(#[from] Truncated),
    /// Another key, another label, or altered bytes. The error does not say which, because that would make an oracle.
    #[error("this key and label do not open the sealed value")]
    DoesNotOpen,
}
