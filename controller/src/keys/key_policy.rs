//! [`KeyPolicy`]: what the flags say of keys of each form.

use key_wrapping::{ClusterName, WrappedKey};

/// What is done with a key of either form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyPolicy {
    /// Whether a provider is configured that unwraps.
    pub unwraps: bool,
    /// Whether the certificate of a key in plain is served.
    pub serves_plain: bool,
    /// The age recipients for which a copy of each key in plain is kept.
    pub escrow_recipients: Vec<String>,
    /// The name of the cluster for which keys are wrapped.
    pub cluster_name: Option<ClusterName>,
    /// Whether wrapped keys are stored in plain: the copy in plain is then the one that stays.
    pub unwrap_all: bool,
    /// The providers that wrap new keys.
    pub wrapping: Vec<String>,
}

impl KeyPolicy {
    /// Whether keys are wrapped: new ones, and others where a user requests it. Age recipients alone only have copies.
    pub(crate) fn wraps(&self) -> bool {
        !self.wrapping.is_empty() && self.escrow_recipients.is_empty()
    }

    /// Whether a provider that wraps new keys has a slot in this one.
    pub(crate) fn wraps_with_slot_of(&self, key: &WrappedKey) -> bool {
        key.slots().iter().any(|slot| self.wrapping.contains(&slot.uri))
    }
}
