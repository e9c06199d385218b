//! [`Rejection`]: a Secret that is labelled as a sealing key and not used as one, and why; [`Rejections`]: all of them right now,
//! in the controller's namespace and in others.

use crate::events::about::About;
use envelope::{CertificateError, KeyPairError, PublicKeyError};
use sealing::KeySecretError;
use std::collections::BTreeMap;
use tokio::sync::watch;

/// Why a Secret is not used as a sealing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RejectionReason {
    /// The Secret's type is not `kubernetes.io/tls`.
    Type,
    /// The certificate or the private key is missing.
    Incomplete,
    /// The certificate or the private key cannot be read.
    Broken,
    /// More labels, annotations or items than are read.
    TooManyEntries,
    NotRsa,
    /// Fewer than 2048 bits.
    TooSmall,
    /// The certificate belongs to another private key.
    Mismatched,
    Namespace,
    /// Another Secret says that this key leaked.
    Leaked,
}

impl RejectionReason {
    pub(crate) const ALL: [Self; 9] = [
        Self::Type,
        Self::Incomplete,
        Self::Broken,
        Self::TooManyEntries,
        Self::NotRsa,
        Self::TooSmall,
        Self::Mismatched,
        Self::Namespace,
        Self::Leaked,
    ];

    /// The value of the metric's label.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Incomplete => "incomplete",
            Self::Broken => "broken",
            Self::TooManyEntries => "too_many_entries",
            Self::NotRsa => "not_rsa",
            Self::TooSmall => "too_small",
            Self::Mismatched => "mismatched",
            Self::Namespace => "namespace",
            Self::Leaked => "leaked",
        }
    }
}

impl From<KeySecretError> for RejectionReason {
    fn from(error: KeySecretError) -> Self {
        match error {
            KeySecretError::Type => Self::Type,
            KeySecretError::TooManyEntries(_) => Self::TooManyEntries,
            KeySecretError::Missing(_) => Self::Incomplete,
            KeySecretError::KeyPair(KeyPairError::Mismatch) => Self::Mismatched,
            KeySecretError::KeyPair(KeyPairError::Certificate(CertificateError::Key(key))) => match key {
                PublicKeyError::TooSmall(_) => Self::TooSmall,
                PublicKeyError::NotRsa => Self::NotRsa,
            },
            KeySecretError::NotText(_) | KeySecretError::KeyPair(_) => Self::Broken,
        }
    }
}

/// One version of a Secret that is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub about: About,
    pub reason: RejectionReason,
    /// The reason in words. It holds nothing of the Secret's content.
    pub message: String,
}

/// The watch that shows a Secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SeenBy {
    /// The watch of the keys in the controller's namespace.
    KeyWatch,
    /// A watch of another namespace, or of all others.
    ForeignWatch(Option<String>),
}

/// All rejections of all watches.
#[derive(Debug, Default)]
pub(crate) struct Rejections(watch::Sender<BTreeMap<SeenBy, Vec<Rejection>>>);

impl Rejections {
    pub(crate) fn replace(&self, seen_by: SeenBy, rejections: Vec<Rejection>) {
        self.0.send_modify(|current| _ = current.insert(seen_by, rejections));
    }

    /// The number of rejections for each reason.
    pub(crate) fn counts(&self) -> [(RejectionReason, usize); RejectionReason::ALL.len()] {
        let current = self.0.borrow();
        RejectionReason::ALL.map(|reason| {
            (reason, current.values().flatten().filter(|rejection| rejection.reason == reason).count())
        })
    }

    /// Notified of each replacement.
    pub(crate) fn changes(&self) -> watch::Receiver<BTreeMap<SeenBy, Vec<Rejection>>> {
        self.0.subscribe()
    }
}
