//! [`ProviderStates`]: what is known of each provider: whether it works, with which key it encrypts now, and whether it binds the context.

use key_wrapping::Binding;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// What is known of one provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProviderState {
    /// Whether it worked when it was last tried; None before the first time.
    pub is_up: Option<bool>,
    /// The name of the key with which it encrypted when it last worked.
    pub key_id: Option<String>,
    /// None before it was found out.
    pub binding: Option<Binding>,
}

/// By the provider's URI.
#[derive(Debug, Default)]
pub(crate) struct ProviderStates(Mutex<BTreeMap<String, ProviderState>>);

impl ProviderStates {
    pub(crate) fn update(&self, uri: &str, change: impl FnOnce(&mut ProviderState)) {
        change(self.0.lock().entry(uri.to_owned()).or_default());
    }

    pub(crate) fn of(&self, uri: &str) -> ProviderState {
        self.0.lock().get(uri).cloned().unwrap_or_default()
    }

    pub(crate) fn all(&self) -> BTreeMap<String, ProviderState> {
        self.0.lock().clone()
    }
}
