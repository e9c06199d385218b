//! [`Transient`]: every error of the cluster that can keep a SealedSecret from being unsealed for a while.

use crate::client::transport::NoAnswer;
use crate::process::error_chain::chain;
use crate::unseal::cause::api_message::{ApiMessage, Unavailable};
use crate::unseal::cause::identity::Identity;
use crate::unseal::cause::truncate::truncate;
use api::{ConditionStatus, server_message};
use sealing::Diagnosis;
use std::time::Duration;

/// An error that may pass without a change of the SealedSecret. `Display` is the text for the status and the event;
/// [`Transient::in_full`] is the text for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Transient {
    /// The existing Secret belongs to a deleted SealedSecret of the same name.
    #[error(
        "the Secret \"{0}\" still belongs to a deleted SealedSecret of the same name; waiting for Kubernetes' garbage collector \
         to delete it"
    )]
    EarlierOwner(String),
    /// The existing Secret is being deleted, and has finalizers.
    #[error("the Secret \"{0}\" is being deleted; waiting until it is gone")]
    Terminating(String),
    #[error("there is no sealing key yet")]
    NoKeys,
    /// A key that waits to be unwrapped may open it.
    #[error("{0}; it is tried again then")]
    KeysWaiting(Diagnosis),
    /// Another client reverts each correction of the Secret.
    #[error(
        "another client keeps changing the Secret \"{name}\"{}; it is corrected again after growing delays", by(.editor.as_deref())
    )]
    Contested {
        name: String,
        /// The field manager of the other client, if it is known.
        editor: Option<String>,
        /// Until the next correction.
        wait: Duration,
    },
    /// The SealedSecret was changed more often than the render rate allows.
    #[error(
        "changed too often in a short time: each change of templates, or of the values for an immutable Secret, may reveal \
         something about the sealed values; the newest change is processed after some minutes"
    )]
    RateLimited {
        /// Until the next change is processed.
        wait: Duration,
    },
    /// The API server did not answer a request in time.
    #[error("the API server did not answer in time")]
    NoAnswer,
    /// The Secret had changed at each attempt to write it.
    #[error("another client keeps changing the Secret while it is being written{}", by(.editor.as_deref()))]
    Conflict {
        /// The field manager of the other client, if it is known.
        editor: Option<String>,
    },
    /// Opening panicked.
    #[error("opening the values failed with an internal error, which the controller's log describes")]
    Interrupted,
    /// An admission policy, a webhook or a quota refused the Secret.
    #[error("the Secret was refused, and is written again after growing delays: {0}")]
    Denied(ApiMessage),
    #[error("a request to the API server failed: {0}")]
    Api(ApiMessage),
}

/// The field manager that wrote, for a message.
fn by(editor: Option<&str>) -> String {
    editor.map(|editor| format!(" (field manager {editor:?})")).unwrap_or_default()
}

impl Transient {
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Denied(_) => "Denied",
            _ => "Retrying",
        }
    }

    /// The text for the log.
    pub(crate) fn in_full(&self) -> String {
        match self {
            Self::Denied(message) => Self::Denied(message.in_full()).to_string(),
            Self::Api(message) => Self::Api(message.in_full()).to_string(),
            other => other.to_string(),
        }
    }

    /// What failed, for comparison with another error.
    pub(crate) fn identity(&self) -> Identity {
        match self {
            Self::NoAnswer => Identity::Unavailable(Unavailable::unanswered()),
            Self::Api(message) => {
                Identity::unavailable(message).unwrap_or_else(|| Identity::Text(self.to_string()))
            }
            other => Identity::Text(other.to_string()),
        }
    }

    /// The value of the condition `Synced`.
    ///
    /// Decided: `False` if the Secret was refused, as in upstream's controller, because that is a result: it stays so
    /// until a user changes the policy or the SealedSecret, so Argo CD should show Degraded and not Progressing.
    /// Instead of `Unknown`, which means that there is no result yet, and often passes by itself. Neither is `Stalled`,
    /// because both are retried: kstatus reads `Reconciling`.
    pub(crate) fn synced(&self) -> ConditionStatus {
        match self {
            Self::Denied(_) => ConditionStatus::False,
            _ => ConditionStatus::Unknown,
        }
    }

    /// From the failure of a request that has nothing to do with the SealedSecret.
    pub(crate) fn from_api(error: kube::Error) -> Self {
        let message = match error {
            kube::Error::Api(status) => ApiMessage::answered(&status, truncate(&server_message(&status))),
            kube::Error::Service(error) if error.is::<NoAnswer>() => return Self::NoAnswer,
            // serde's message may quote the response, which may hold values.
            kube::Error::SerdeError(_) => ApiMessage::unanswered("its answer cannot be read".into()),
            error => ApiMessage::unanswered(truncate(&chain(&error))),
        };
        Self::Api(message)
    }
}
