//! [`Known`]: everything that was found, and what follows from it: the ring, the refusals, and what the schedule sees. Pure.
//!
//! Decided: a key that one Secret calls leaked counts nowhere, whatever another Secret says of it, under another certificate
//! either: it is the private key that leaked. Otherwise a backup, restored beside it, would bring it back in silence.

use crate::keys::renewal::key_age::Dates;
use crate::keys::renewal::observed::{KeySecret, Observed, Standing};
use crate::keys::store::key_secret::{Content, Found};
use crate::keys::store::rejected::{Reason, Refusal};
use api::resource_version::is_later;
use envelope::{Certificate, Fingerprint};
use sealing::{KeyRing, SealingKey};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One state of the key Secrets. A change makes a new one.
#[derive(Debug, Default)]
pub(crate) struct Known {
    found: BTreeMap<String, Found>,
    /// The latest version that the watch of labelled Secrets has shown of any.
    until: Option<String>,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) observed: Observed,
    pub(crate) refusals: Vec<Refusal>,
}

impl Known {
    /// What follows from these Secrets.
    pub(crate) fn new(found: BTreeMap<String, Found>, had_any: bool) -> Self {
        let leaks: Vec<Arc<Certificate>> = found.values().filter_map(leaked).collect();
        let has_leaked = |key: &SealingKey| {
            let public = key.pair().certificate().public();
            leaks.iter().any(|leak| leak.public() == public)
        };
        let mut keys = Vec::new();
        let mut revoked: BTreeSet<Fingerprint> = leaks.iter().map(|leak| leak.fingerprint()).collect();
        let mut refusals = Vec::new();
        let mut secrets = Vec::new();
        let mut refuse = |found: &Found, reason, message: &str| {
            refusals.push(Refusal { about: found.about.clone(), reason, message: message.to_owned() });
            Standing::Out
        };
        for (name, found) in &found {
            let standing = match &found.content {
                Content::Key { key, .. } if has_leaked(key) => {
                    revoked.insert(key.fingerprint());
                    refuse(
                        found,
                        Reason::Leaked,
                        "another Secret is labelled as leaked and holds the same key",
                    )
                }
                Content::Key { key, asked } => {
                    keys.push(Arc::clone(key));
                    Standing::Active { fingerprint: key.fingerprint(), dates: Dates::of(key), asked: *asked }
                }
                Content::Leaked(certificate) => Standing::Leaked {
                    fingerprint: certificate.fingerprint(),
                    since: certificate.not_before(),
                },
                Content::Out => Standing::Out,
                Content::Refused(reason, message) => refuse(found, *reason, message),
            };
            secrets.push(KeySecret { name: name.clone(), standing, answers: found.answers.clone() });
        }
        let had_any = had_any || !keys.is_empty();
        let ring = Arc::new(KeyRing::new(keys).revoking(revoked));
        Self { found, until: None, ring, observed: Observed { secrets, had_any }, refusals }
    }

    /// Whether no Secret claims to be a key, and none has been one since this process started.
    pub(crate) fn none_ever(&self) -> bool {
        !self.observed.had_any && self.observed.secrets.is_empty()
    }

    /// The same, known to the watch up to this version.
    pub(crate) fn watched(self, until: Option<&str>) -> Self {
        Self { until: until.map(str::to_owned), ..self }
    }

    /// The same, and one more Secret, as it was stored or met: unless the watch has shown a later version of it, or that it
    /// is gone.
    pub(crate) fn with(&self, found: Found) -> Self {
        let mut all = self.found.clone();
        if !self.has_surpassed(&found) {
            all.insert(found.about.name.clone(), found);
        }
        Self::new(all, self.observed.had_any).watched(self.until.as_deref())
    }

    fn has_surpassed(&self, found: &Found) -> bool {
        let version = found.about.resource_version.as_deref();
        match self.found.get(&found.about.name) {
            Some(there) => is_later(there.about.resource_version.as_deref(), version),
            // What has no label is never shown, and only takes a name.
            None => !matches!(found.content, Content::Out) && is_later(self.until.as_deref(), version),
        }
    }
}

fn leaked(found: &Found) -> Option<Arc<Certificate>> {
    match &found.content {
        Content::Leaked(certificate) => Some(Arc::clone(certificate)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
