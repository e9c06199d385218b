//! [`Sources`]: what a state of the key Secrets follows from.

use crate::keys::key_policy::KeyPolicy;
use crate::keys::store::key_secret::{KeyContent, KeySecret};
use crate::keys::store::wrapped_secret::{Unwrapping, WrappedId};
use sealing::SealingKey;
use std::collections::BTreeMap;
use std::sync::Arc;

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

impl Sources {
    pub(crate) fn keys_in_plain(&self) -> impl Iterator<Item = &Arc<SealingKey>> {
        self.secrets.values().filter_map(|secret| match &secret.content {
            KeyContent::Key { key, .. } => Some(key),
            _ => None,
        })
    }
}
