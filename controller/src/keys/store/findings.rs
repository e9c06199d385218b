//! [`KeyFinding`]: what is wrong with a Secret that is labelled as a sealing key, and whether it is used nevertheless; [`KeyFindings`]: all
//! of them right now, in the controller's namespace and in others.

use crate::events::about::About;
use envelope::{CertificateError, KeyPairError, PublicKeyError};
use sealing::KeySecretError;
use std::collections::BTreeMap;
use tokio::sync::watch;

/// What is wrong with the Secret of a sealing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FindingReason {
    /// The Secret's type is not the one that its label goes with.
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
    /// The label belongs to another type.
    Label,
    /// Wrapped, and no provider opens it.
    NotUnwrapped,
    /// Wrapped, and not unwrapped yet: a provider does not answer, or does not open it.
    Waiting,
    /// In plain, while keys have to be wrapped: used to open, and never to seal.
    Plain,
    /// Its slots are other ones than those it was wrapped with, or than those configured. It is used.
    Slots,
    /// A provider encrypts with another key now than with that of its slot. It is used.
    Stale,
    /// An escrow copy that does not count, or is for another recipient than the configured ones.
    Escrow,
    /// A user requests that it is wrapped, and no provider is configured that wraps. It is used.
    Request,
}

impl FindingReason {
    pub(crate) const ALL: [Self; 17] = [
        Self::Type,
        Self::Incomplete,
        Self::Broken,
        Self::TooManyEntries,
        Self::NotRsa,
        Self::TooSmall,
        Self::Mismatched,
        Self::Namespace,
        Self::Leaked,
        Self::Label,
        Self::NotUnwrapped,
        Self::Waiting,
        Self::Plain,
        Self::Slots,
        Self::Stale,
        Self::Escrow,
        Self::Request,
    ];

    /// Whether the Secret is not used as a sealing key.
    pub(crate) fn is_refusal(self) -> bool {
        !matches!(
            self,
            Self::Plain | Self::Slots | Self::Stale | Self::Escrow | Self::Waiting | Self::Request
        )
    }

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
            Self::Label => "label",
            Self::NotUnwrapped => "not_unwrapped",
            Self::Waiting => "waiting",
            Self::Plain => "plain",
            Self::Slots => "slots",
            Self::Stale => "stale",
            Self::Escrow => "escrow",
            Self::Request => "request",
        }
    }
}

impl From<KeySecretError> for FindingReason {
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

/// One version of a Secret, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyFinding {
    pub about: About,
    pub reason: FindingReason,
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

/// All findings of all watches.
#[derive(Debug, Default)]
pub(crate) struct KeyFindings(watch::Sender<BTreeMap<SeenBy, Vec<KeyFinding>>>);

impl KeyFindings {
    /// Replaces what one watch has found, and notifies of it where that is something else. `findings` is called while no other replacement takes place, so that the last one has the latest.
    pub(crate) fn replace(&self, seen_by: SeenBy, findings: impl FnOnce() -> Vec<KeyFinding>) {
        self.0.send_if_modified(|current| {
            let findings = findings();
            let is_changed = current.get(&seen_by) != Some(&findings);
            current.insert(seen_by, findings);
            is_changed
        });
    }

    /// The number of findings for each reason.
    pub(crate) fn counts(&self) -> [(FindingReason, usize); FindingReason::ALL.len()] {
        let current = self.0.borrow();
        FindingReason::ALL.map(|reason| {
            (reason, current.values().flatten().filter(|finding| finding.reason == reason).count())
        })
    }

    /// Notified of each change.
    pub(crate) fn changes(&self) -> watch::Receiver<BTreeMap<SeenBy, Vec<KeyFinding>>> {
        self.0.subscribe()
    }
}
