//! [`Plan`]: every possible decision about a SealedSecret.

use crate::unseal::cause::refusal::Refusal;
use crate::unseal::cause::transient::Transient;
use crate::unseal::outcome::Outcome;
use recipients::FormatError;
use sealing::UnsealedSecret;

#[derive(Debug)]
pub(crate) enum Plan {
    /// Nothing is done or reported: the SealedSecret is being deleted.
    Nothing,
    Create {
        secret: UnsealedSecret,
        /// It corrects drift: another client deleted the Secret.
        corrects: bool,
    },
    /// Replace the existing Secret, in the version that was read.
    Replace {
        secret: UnsealedSecret,
        /// It corrects drift: another client edited the Secret.
        corrects: bool,
    },
    /// Leave the Secret as it is, and report this outcome.
    Leave(Outcome),
}

impl Plan {
    pub(crate) fn writes(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::Replace { .. })
    }

    /// Why the annotation for the recipients was not read, if the plan writes a Secret that was opened without it.
    pub(crate) fn unread_recipients(&self) -> Option<&FormatError> {
        match self {
            Self::Create { secret, .. } | Self::Replace { secret, .. } => secret.unread_recipients.as_ref(),
            Self::Nothing | Self::Leave(_) => None,
        }
    }

    /// How many bytes of values the plan writes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Create { secret, .. } | Self::Replace { secret, .. } => {
                secret.data.values().map(|value| value.expose().len()).sum()
            }
            _ => 0,
        }
    }

    /// Whether the plan may depend on what templates rendered. Nothing was rendered where an item did not open.
    pub(crate) fn may_reveal_values(&self) -> bool {
        match self {
            Self::Leave(Outcome::Refused(Refusal::Unseal(error))) => error.depends_on_values(),
            Self::Nothing
            | Self::Leave(
                Outcome::Failed(Transient::NoKeys | Transient::EarlierOwner(_) | Transient::Terminating(_))
                | Outcome::Refused(
                    Refusal::Undecodable(_)
                    | Refusal::SealingKey
                    | Refusal::Unmanaged { .. }
                    | Refusal::TooManyEntries { .. }
                    | Refusal::TemplatesOff(_)
                    | Refusal::TypeChange { .. },
                ),
            ) => false,
            _ => true,
        }
    }
}
