//! [`Sources`]: what a state of the key Secrets follows from.

use crate::keys::store::key_secret::KeySecret;
use crate::keys::store::wrapped_secret::{Unwrapping, WrappedId};
use key_wrapping::WrappedKey;
use std::collections::BTreeMap;

/// What is done with a key of either form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyPolicy {
    /// Whether a provider is configured that unwraps.
    pub unwraps: bool,
    /// Whether the certificate of a key in plain is served.
    pub serves_plain: bool,
    /// The age recipients for which a copy of each key in plain is kept.
    pub escrow_recipients: Vec<String>,
    /// Whether wrapped keys are stored in plain: the copy in plain is then the one that stays.
    pub unwrap_all: bool,
    /// The providers that wrap new keys.
    pub wrapping: Vec<String>,
}

impl KeyPolicy {
    /// Whether a provider that wraps new keys has a slot in this one.
    pub(crate) fn wraps(&self, key: &WrappedKey) -> bool {
        key.slots().iter().any(|slot| self.wrapping.contains(&slot.uri))
    }
}

/// The Secrets, and what is known of them.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    pub policy: KeyPolicy,
    /// By name.
    pub secrets: BTreeMap<String, KeySecret>,
    /// Of the wrapped ones among them.
    pub unwrapping: BTreeMap<WrappedId, Unwrapping>,
    /// The name of the key with which each provider encrypts now, where it says so.
    pub current_keys: BTreeMap<String, String>,
    /// Whether the Secrets were listed: before that, none is known.
    pub are_listed: bool,
    /// The latest resourceVersion that the watch of labelled Secrets has shown of any.
    pub watched_until: Option<String>,
    /// Whether a key has counted since this process started.
    pub had_any: bool,
}
