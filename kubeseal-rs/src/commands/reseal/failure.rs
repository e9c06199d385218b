//! [`ResealFailure`]: why a file or a SealedSecret in it was not resealed.

use crate::cluster::session::request_error::RequestError;
use crate::commands::common::reason::Reason;
use crate::commands::common::sealed_files::SealedFilesError;
use crate::commands::upstream::re_encrypt::rotated_object::UnexpectedObject;
use crate::controller::error::ControllerError;
use crate::error::Hint;
use crate::terminal::program::name;
use sealing::{Diagnosis, ResealError, UnsealError};

/// Why a SealedSecret was not resealed. Never shows sealed values.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResealFailure {
    #[error(transparent)]
    File(#[from] SealedFilesError),
    #[error("the controller cannot open it")]
    DoesNotOpen,
    #[error(transparent)]
    Reason(Reason),
    /// With keys from files. Every detail is named, because the user has the private keys.
    #[error("{error}")]
    Items { error: UnsealError, hint: Option<String> },
    #[error("it was not tried, because the cluster keeps failing")]
    NotTried,
    #[error(transparent)]
    UnexpectedObject(#[from] UnexpectedObject),
    #[error(transparent)]
    Reseal(#[from] ResealError),
    /// Upstream's controller answers this both if the SealedSecret does not open and if it fails itself.
    #[error("the controller could not open it, or failed")]
    NotOpenedOrFailed(#[source] Box<ControllerError>),
    #[error("the controller did not do it")]
    Controller(#[source] Box<ControllerError>),
}

impl From<ControllerError> for ResealFailure {
    fn from(error: ControllerError) -> Self {
        match error {
            ControllerError::Request { source: RequestError::Other(_), .. } => {
                Self::NotOpenedOrFailed(Box::new(error))
            }
            _ => Self::Controller(Box::new(error)),
        }
    }
}

impl ResealFailure {
    /// Whether the next SealedSecret would fail, too.
    pub(crate) fn is_of_the_cluster(&self) -> bool {
        matches!(
            self,
            Self::Controller(error) if matches!(
                &**error,
                ControllerError::Request {
                    source: RequestError::Unreachable(_)
                        | RequestError::ControllerTimedOut(_)
                        | RequestError::Unavailable(_)
                        | RequestError::Tls(_)
                        | RequestError::Unauthorized(_)
                        | RequestError::Credentials
                        | RequestError::Forbidden(_)
                        | RequestError::TooMany(_),
                    ..
                }
            )
        )
    }

    /// Whether the controller answered that it does not open.
    pub(crate) const fn is_of_the_object(&self) -> bool {
        matches!(self, Self::DoesNotOpen | Self::Reason(_))
    }

    /// Adds the reason, if the SealedSecret does not open.
    pub(crate) fn with_reason(self, reason: impl FnOnce() -> Option<Reason>) -> Self {
        match self {
            Self::DoesNotOpen => reason().map_or(self, Self::Reason),
            // That the key is there does not mean that the SealedSecret is at fault: the controller may have failed.
            Self::NotOpenedOrFailed(_) => {
                let is_certain = |reason: &Reason| {
                    !matches!(reason, Reason::Diagnosed(Diagnosis::OtherPlaceOrScope { .. }))
                };
                reason().filter(is_certain).map_or(self, Self::Reason)
            }
            other => other,
        }
    }
}

impl Hint for ResealFailure {
    fn hint(&self) -> Option<String> {
        let does_not_open = || {
            format!(
                "its sealing key is gone, it is another cluster's, or its name, namespace or scope were changed after it was \
                 sealed; `{} --recovery-unseal` opens it with a backup of the keys, else seal it anew",
                name()
            )
        };
        match self {
            Self::File(error) => error.hint(),
            Self::Reason(reason) => Some(reason.hint()),
            Self::Items { hint, .. } => hint.clone(),
            Self::DoesNotOpen | Self::Reseal(ResealError::DoesNotOpen) => Some(does_not_open()),
            Self::NotOpenedOrFailed(error) => {
                Some(format!("{}; {}", does_not_open(), error.hint().unwrap_or_default()))
            }
            Self::Controller(error) => error.hint(),
            Self::Reseal(ResealError::Seal(failure)) => failure.hint(),
            Self::NotTried | Self::UnexpectedObject(_) | Self::Reseal(_) => None,
        }
    }
}
