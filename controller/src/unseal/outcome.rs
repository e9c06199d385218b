//! [`Outcome`]: how a reconciliation ended, and whose fault it was where it failed.

use crate::process::error_chain::chain;
use crate::unseal::decide::plan::Refusal;
use crate::unseal::report::api_error::ApiMessage;
use crate::unseal::report::truncate::shorten;
use api::{ConditionStatus, server_message};
use std::collections::BTreeSet;
use std::time::Duration;

/// How it ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The Secret is what it should be.
    Synced {
        /// Its version.
        resource_version: String,
        /// Fingerprints of the keys that opened what is in it, where that is known.
        opened_by: Option<BTreeSet<String>>,
        /// What that took just now.
        act: Act,
    },
    /// The object is at fault; trying again changes nothing.
    Refused(Refusal),
    /// The cluster is at fault; it is tried again.
    Hindered(Hindrance),
}

/// What it took for a Secret to be what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Nothing: it was found so.
    Found,
    /// It was written.
    Written,
    /// It was written although nothing had changed but the Secret itself: another client had edited it.
    Mended,
    /// It was written because another client had deleted it.
    Remade,
}

/// What the cluster did not let happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Hindrance {
    /// The Secret belongs to a deleted SealedSecret of the same name.
    #[error(
        "the Secret \"{0}\" still belongs to an earlier SealedSecret of this name; waiting for Kubernetes to collect \
         it"
    )]
    EarlierOwner(String),
    /// The Secret is being deleted, and finalizers hold it.
    #[error("the Secret \"{0}\" is being deleted; waiting until it is gone")]
    Terminating(String),
    /// The controller has no sealing key.
    #[error("there is no sealing key yet")]
    NoKeys,
    /// Another client undoes what we write, again and again.
    #[error("another client keeps changing the Secret \"{name}\"; it is put right again, ever more rarely")]
    Contested {
        /// The Secret's name.
        name: String,
        /// When it is put right next.
        wait: Duration,
    },
    /// It was changed so often that its sealed values would be asked about faster than they may be.
    #[error(
        "changed often in a short time: each change of templates, or of what an immutable Secret is to hold, is a question about \
         the sealed values; the newest change is processed after a pause of some minutes"
    )]
    TooManyQuestions {
        /// When there may be one more.
        wait: Duration,
    },
    /// The API server did not answer.
    #[error("the API server did not answer in time")]
    NoAnswer,
    /// Lost every race for the Secret.
    #[error("another client keeps changing the Secret")]
    Contended,
    /// Opening was cut off.
    #[error("opening the values was interrupted")]
    Interrupted,
    /// A policy, a webhook or a quota refused the Secret.
    #[error("the Secret was refused; it is written again, ever more rarely: {0}")]
    Denied(ApiMessage),
    /// The API server said no, or nothing.
    #[error("the API server did not carry it out: {0}")]
    Api(ApiMessage),
}

impl Hindrance {
    /// One word for programs.
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

    /// What it means for the condition `Synced`.
    ///
    /// Decided: `False` where the Secret was refused, as upstream's controller has it, because that is an answer: it stays so
    /// until a person changes the policy or the SealedSecret, so Argo CD should say Degraded and not Progressing. Instead of
    /// `Unknown`, which is for what has no answer yet and often passes by itself. It is not `Stalled` in either case, because it
    /// is tried again: kstatus reads `Reconciling`.
    pub(crate) fn synced(&self) -> ConditionStatus {
        match self {
            Self::Denied(_) => ConditionStatus::False,
            _ => ConditionStatus::Unknown,
        }
    }
}

impl Outcome {
    /// A request was not answered in time.
    pub(crate) fn no_answer() -> Self {
        Self::Hindered(Hindrance::NoAnswer)
    }

    /// A request failed for a reason that has nothing to do with the object.
    pub(crate) fn from_api(error: kube::Error) -> Self {
        let message = match error {
            kube::Error::Api(status) => shorten(&server_message(&status)),
            // The response did not decode: its text may quote the response, which may hold values.
            kube::Error::SerdeError(_) => "its answer cannot be read".into(),
            error => shorten(&chain(&error)),
        };
        Self::Hindered(Hindrance::Api(message.into()))
    }

    /// Why it failed, as the status and the event tell it, and as the log does. None where it did not.
    pub(crate) fn failure(&self) -> Option<[String; 2]> {
        match self {
            Self::Synced { .. } => None,
            Self::Refused(refusal) => Some([refusal.to_string(), refusal.in_full()]),
            Self::Hindered(hindrance) => Some([hindrance.to_string(), hindrance.in_full()]),
        }
    }
}
