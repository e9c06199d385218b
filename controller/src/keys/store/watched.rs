//! [`WatchedSecrets`]: the key Secrets that one watch has shown. No I/O.

use crate::events::about::About;
use crate::keys::store::key_secret::{KeyContent, KeySecret};
use crate::keys::store::wipe::wipe;
use api::ObservedSecret;
use api::resource_version::is_later;
use kube::runtime::watcher::Event;
use sealing::KeyOrder;
use std::collections::BTreeMap;

/// The Secrets of one watch, by name.
#[derive(Debug, Default)]
pub(crate) struct WatchedSecrets {
    order: KeyOrder,
    current: BTreeMap<String, KeySecret>,
    /// Those of a list that is not complete yet. It replaces `current` as a whole, so that no key is missing in between.
    incoming: BTreeMap<String, KeySecret>,
    /// The latest resourceVersion since the last list began: of a Secret that is there, or of one that was deleted.
    until: Option<String>,
    is_listed: bool,
}

impl WatchedSecrets {
    pub(crate) fn new(order: KeyOrder) -> Self {
        Self { order, ..Self::default() }
    }

    /// Returns whether the ring may have changed.
    pub(crate) fn apply(&mut self, event: Event<ObservedSecret>) -> bool {
        match event {
            Event::Init => {
                self.incoming.clear();
                self.until = None;
                false
            }
            Event::InitApply(secret) => {
                let secret = self.read(secret);
                self.incoming.insert(secret.about.name.clone(), secret);
                false
            }
            Event::InitDone => {
                self.current = std::mem::take(&mut self.incoming);
                self.is_listed = true;
                true
            }
            Event::Apply(secret) => {
                let secret = self.read(secret);
                self.current.insert(secret.about.name.clone(), secret);
                true
            }
            Event::Delete(mut secret) => {
                let about = About::secret(&secret);
                wipe(secret.known_mut());
                self.advance(&about);
                tracing::info!(secret = about.name, "sealing key deleted, or its label removed");
                self.current.remove(&about.name);
                true
            }
        }
    }

    pub(crate) fn is_listed(&self) -> bool {
        self.is_listed
    }

    pub(crate) fn current(&self) -> &BTreeMap<String, KeySecret> {
        &self.current
    }

    /// The resourceVersion up to which the watch has come, as far as it is known.
    pub(crate) fn until(&self) -> Option<&str> {
        self.until.as_deref()
    }

    fn advance(&mut self, about: &About) {
        let version = about.resource_version.as_deref();
        if self.until.is_none() || is_later(version, self.until.as_deref()) {
            self.until = version.map(str::to_owned);
        }
    }

    /// Reads a Secret, unless this version of it was read before.
    fn read(&mut self, mut secret: ObservedSecret) -> KeySecret {
        let about = About::secret(&secret);
        self.advance(&about);
        if let Some(known) = self.current.get(&about.name)
            && known.about == about
        {
            wipe(secret.known_mut());
            return known.clone();
        }
        let read = KeySecret::read(secret, self.order);
        let secret = &about.name;
        match &read.content {
            KeyContent::Key { key, .. } => {
                tracing::info!(secret, fingerprint = %key.fingerprint(), "registered private key");
            }
            KeyContent::Wrapped { wrapped, .. } => {
                let fingerprint = wrapped.certificate.fingerprint();
                tracing::info!(secret, %fingerprint, "read a wrapped sealing key");
            }
            KeyContent::Escrow(copy) => {
                let fingerprint = copy.wrapped.certificate.fingerprint();
                tracing::debug!(secret, %fingerprint, "read an escrow copy of a sealing key");
            }
            KeyContent::Leaked(certificate) => {
                let fingerprint = certificate.fingerprint();
                tracing::warn!(secret, %fingerprint, "sealing key is labelled as leaked: it unseals nothing any more");
            }
            KeyContent::Retired(_) | KeyContent::Unused => {
                tracing::info!(secret, "sealing key is retired by its label");
            }
            KeyContent::Rejected(_, error) => tracing::error!(
                secret,
                error,
                "Error reading key: this Secret is labelled as a sealing key and cannot be used as one"
            ),
        }
        read
    }
}

#[cfg(test)]
mod tests;
