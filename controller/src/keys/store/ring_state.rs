//! [`RingState`]: what follows from all key Secrets together: the ring, the records for renewal, and the rejections. Pure.
//!
//! Decided: if one Secret marks a key as leaked, that private key is not used at all: not from another Secret, and not under another
//! certificate. Otherwise a backup that is restored beside it would bring it back without a message.

use crate::keys::key_age::KeyAge;
use crate::keys::store::key_records::{KeyRecord, KeyRecords, KeyState};
use crate::keys::store::key_secret::{KeyContent, KeySecret};
use crate::keys::store::rejections::{Rejection, RejectionReason};
use api::resource_version::is_later;
use envelope::{Certificate, Fingerprint};
use sealing::{KeyRing, SealingKey};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One state of the key Secrets. A change makes a new one.
#[derive(Debug, Default)]
pub(crate) struct RingState {
    /// By name.
    secrets: BTreeMap<String, KeySecret>,
    /// The latest resourceVersion that the watch of labelled Secrets has shown of any.
    watched_until: Option<String>,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) records: Arc<KeyRecords>,
    pub(crate) rejections: Vec<Rejection>,
    /// The keys of which a Secret says that there is a backup.
    pub(crate) backed_up: BTreeSet<Fingerprint>,
}

impl RingState {
    /// `had_any`: whether a key has counted since this process started.
    pub(crate) fn new(
        secrets: BTreeMap<String, KeySecret>,
        watched_until: Option<&str>,
        had_any: bool,
    ) -> Self {
        let leaks: Vec<Arc<Certificate>> = secrets.values().filter_map(leaked).collect();
        let has_leaked = |key: &SealingKey| {
            let public = key.pair().certificate().public();
            leaks.iter().any(|leak| leak.public() == public)
        };
        let mut keys = Vec::new();
        let mut revoked: BTreeSet<Fingerprint> = leaks.iter().map(|leak| leak.fingerprint()).collect();
        let mut retired = BTreeSet::new();
        let mut rejections = Vec::new();
        let mut records = Vec::new();
        let mut backed_up = BTreeSet::new();
        let mut reject = |secret: &KeySecret, reason, message: &str| {
            rejections.push(Rejection { about: secret.about.clone(), reason, message: message.to_owned() });
            KeyState::Unused
        };
        for (name, secret) in &secrets {
            let state = match &secret.content {
                KeyContent::Key { key, .. } if has_leaked(key) => {
                    revoked.insert(key.fingerprint());
                    let message = "another Secret is labelled as leaked and holds the same key";
                    reject(secret, RejectionReason::Leaked, message)
                }
                KeyContent::Key { key, request } => {
                    keys.push(Arc::clone(key));
                    let (fingerprint, age) = (key.fingerprint(), KeyAge::of(key));
                    backed_up.extend(secret.is_backed_up.then_some(fingerprint));
                    KeyState::Active { fingerprint, age, request: *request }
                }
                KeyContent::Leaked(certificate) => KeyState::Leaked {
                    fingerprint: certificate.fingerprint(),
                    valid_from: certificate.not_before(),
                },
                KeyContent::Retired(certificate) => {
                    retired.insert(certificate.fingerprint());
                    KeyState::Unused
                }
                KeyContent::Unused => KeyState::Unused,
                KeyContent::Rejected(reason, message) => reject(secret, *reason, message),
            };
            records.push(KeyRecord { name: name.clone(), state, fulfils: secret.fulfils.clone() });
        }
        let had_any = had_any || !keys.is_empty();
        Self {
            secrets,
            watched_until: watched_until.map(str::to_owned),
            ring: Arc::new(KeyRing::new(keys).revoking(revoked).retiring(retired)),
            records: Arc::new(KeyRecords { secrets: records, had_any }),
            rejections,
            backed_up,
        }
    }

    /// This state and one more Secret, which was just stored, or read by its name; unless the watch has already shown a later
    /// version of it, or that it was deleted.
    pub(crate) fn with(&self, secret: KeySecret) -> Self {
        let mut secrets = self.secrets.clone();
        if !self.is_outdated(&secret) {
            secrets.insert(secret.about.name.clone(), secret);
        }
        Self::new(secrets, self.watched_until.as_deref(), self.records.had_any)
    }

    /// Whether no Secret is labelled as a key, and none has been a key since this process started.
    pub(crate) fn never_had_key(&self) -> bool {
        !self.records.had_any && self.records.secrets.is_empty()
    }

    fn is_outdated(&self, secret: &KeySecret) -> bool {
        let version = secret.about.resource_version.as_deref();
        match self.secrets.get(&secret.about.name) {
            Some(known) => is_later(known.about.resource_version.as_deref(), version),
            // The watch never shows a Secret without the label, which only takes a name.
            None => {
                !matches!(secret.content, KeyContent::Unused)
                    && is_later(self.watched_until.as_deref(), version)
            }
        }
    }
}

fn leaked(secret: &KeySecret) -> Option<Arc<Certificate>> {
    match &secret.content {
        KeyContent::Leaked(certificate) => Some(Arc::clone(certificate)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
