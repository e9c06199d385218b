//! [`ProviderError`]: why a provider did not encrypt or decrypt a data key.

use std::error::Error;
use std::fmt;

/// A call to a provider failed. It never shows what was sent or received.
#[derive(Debug)]
pub struct ProviderError {
    /// What the failure means for a next try.
    pub kind: ProviderErrorKind,
    /// The step that failed, as in `the login at OpenBao failed`; with the provider's own words where they hold no secret.
    pub message: String,
    /// The cause.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// What a failure means for a next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderErrorKind {
    /// No answer, or the provider says that it cannot work now. The next try may succeed.
    Unavailable,
    /// The provider does not allow the call to this identity. The next try succeeds once it does.
    Denied,
    /// The answer is not one of this provider's. The next try may succeed.
    Garbage,
    /// The provider says that this ciphertext is wrong, or was made in another context. The next try fails as well.
    Refused,
}

impl ProviderErrorKind {
    /// Whether the same call can succeed later.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::Unavailable | Self::Denied | Self::Garbage => true,
            Self::Refused => false,
        }
    }
}

impl ProviderError {
    /// An error without a cause.
    #[must_use]
    pub fn new(kind: ProviderErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// An error of the step in which this one happened.
    #[must_use]
    pub(crate) fn in_step(self, message: impl Into<String>) -> Self {
        Self::new(self.kind, message).caused_by(self)
    }

    /// This error, with its cause.
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for ProviderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
