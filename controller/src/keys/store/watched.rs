//! [`Records`]: the key Secrets of one watch. No I/O; `watch` feeds it.

use crate::events::about::About;
use crate::keys::store::key_secret::{Content, Found};
use crate::keys::store::write::wipe;
use api::ObservedSecret;
use api::resource_version::is_later;
use kube::runtime::watcher::Event;
use sealing::KeyOrder;
use std::collections::BTreeMap;

/// What one watch has shown so far, by Secret name.
#[derive(Debug, Default)]
pub(crate) struct Records {
    order: KeyOrder,
    current: BTreeMap<String, Found>,
    /// Filled between Init and `InitDone`, and then put in place whole: no key is missing in between.
    incoming: BTreeMap<String, Found>,
    /// The latest version shown since the last list began: of a Secret that is there, or of one that went.
    until: Option<String>,
    listed: bool,
}

impl Records {
    /// None yet; keys will be ordered so.
    pub(crate) fn ordered(order: KeyOrder) -> Self {
        Self { order, ..Self::default() }
    }

    /// Takes in one event. True if the ring may have changed.
    pub(crate) fn take(&mut self, event: Event<ObservedSecret>) -> bool {
        match event {
            Event::Init => {
                self.incoming.clear();
                self.until = None;
                false
            }
            Event::InitApply(secret) => {
                let found = self.read(secret);
                self.shown(&found.about);
                self.incoming.insert(found.about.name.clone(), found);
                false
            }
            Event::InitDone => {
                self.current = std::mem::take(&mut self.incoming);
                self.listed = true;
                true
            }
            Event::Apply(secret) => {
                let found = self.read(secret);
                self.shown(&found.about);
                self.current.insert(found.about.name.clone(), found);
                true
            }
            Event::Delete(mut secret) => {
                let about = About::secret(&secret);
                wipe(secret.known_mut());
                self.shown(&about);
                tracing::info!(secret = about.name, "sealing key taken out");
                self.current.remove(&about.name);
                true
            }
        }
    }

    /// Whether a complete list has been read.
    pub(crate) fn listed(&self) -> bool {
        self.listed
    }

    /// All that were found, by name.
    pub(crate) fn found(&self) -> &BTreeMap<String, Found> {
        &self.current
    }

    /// Up to which version the watch has come, as far as it is known.
    pub(crate) fn until(&self) -> Option<&str> {
        self.until.as_deref()
    }

    fn shown(&mut self, about: &About) {
        let version = about.resource_version.as_deref();
        if self.until.is_none() || is_later(version, self.until.as_deref()) {
            self.until = version.map(str::to_owned);
        }
    }

    /// Parses a Secret, unless this version of it was parsed before.
    fn read(&self, mut secret: ObservedSecret) -> Found {
        let about = About::secret(&secret);
        if let Some(known) = self.current.get(&about.name)
            && known.about == about
        {
            wipe(secret.known_mut());
            return known.clone();
        }
        let found = Found::read(secret, self.order);
        let name = &found.about.name;
        match &found.content {
            Content::Key { key, .. } => {
                tracing::info!(secret = name, fingerprint = %key.fingerprint(), "registered private key");
            }
            Content::Leaked(certificate) => {
                let fingerprint = certificate.fingerprint();
                tracing::warn!(secret = name, %fingerprint, "sealing key leaked: it opens nothing any more");
            }
            Content::Out => tracing::info!(secret = name, "sealing key labelled out of use"),
            Content::Refused(_, error) => {
                tracing::error!(
                    secret = name,
                    error,
                    "Error reading key: this Secret is labelled as a sealing key and is none"
                );
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
