//! [`SharedRing`]: the ring that counts right now, and word of its changes.

use super::found::Found;
use super::known::Known;
use super::published::published;
use super::refusal::Refusal;
use super::report::KeyReport;
use super::schedule::Rules;
use crate::config::Keys;
use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use sealing::{KeyRing, SealingKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// Readers take a snapshot and keep it for a whole SealedSecret; a change never reaches into work under way.
#[derive(Debug)]
pub struct SharedRing {
    current: ArcSwap<Known>,
    /// How often the ring was replaced; 0 until the first complete list has been read.
    version: watch::Sender<u64>,
    publish_delay: SignedDuration,
    /// Without an origin, which only the names of first keys need.
    rules: Rules,
}

impl SharedRing {
    /// Empty, for keys that are kept so.
    pub fn new(settings: &Keys) -> Self {
        Self {
            current: ArcSwap::default(),
            version: watch::Sender::new(0),
            publish_delay: settings.publish_delay,
            rules: Rules {
                prefix: settings.new.prefix.clone(),
                origin: String::new(),
                renewal: settings.renewal,
            },
        }
    }

    /// The ring as it is now.
    pub fn snapshot(&self) -> Arc<KeyRing> {
        Arc::clone(&self.current.load().ring)
    }

    /// Of a snapshot, the key whose certificate is served and resealed to.
    pub fn published<'a>(&self, ring: &'a KeyRing) -> Option<&'a SealingKey> {
        published(ring.iter(), SealingKey::since, self.publish_delay, Timestamp::now())
    }

    /// The keys in figures.
    pub(crate) fn report(&self) -> KeyReport {
        let known = self.current.load();
        let published = self.published(&known.ring).map(SealingKey::fingerprint);
        KeyReport::new(&known.ring, &known.observed, &self.rules, published, Timestamp::now())
    }

    /// Everything that is known, in one state.
    pub(super) fn known(&self) -> Arc<Known> {
        self.current.load_full()
    }

    /// What the schedule goes by, with what first keys' names are made of.
    pub(super) fn rules(&self, origin: String) -> Rules {
        Rules { origin, ..self.rules.clone() }
    }

    /// The Secrets that claim to be keys and are refused.
    pub(super) fn refusals(&self) -> Vec<Refusal> {
        self.current.load().refusals.clone()
    }

    /// Puts what was found in place of all that was known, and tells everyone who listens.
    pub(super) fn replace(&self, found: &BTreeMap<String, Found>) {
        let before = self.current.rcu(|now| Known::new(found.clone(), now.observed.had_any));
        if !before.ring.is_empty() && self.snapshot().is_empty() {
            tracing::error!(
                hint = "restore a key, or send SIGUSR1 or start the controller again to make a new one",
                "no sealing key is left: nothing can be sealed or unsealed"
            );
        }
        self.version.send_modify(|version| *version += 1);
    }

    /// Adds what was just stored or met, unless the watch was faster.
    pub(super) fn add(&self, found: &Found) {
        self.current.rcu(|now| now.with(found.clone()));
        self.version.send_modify(|version| *version += 1);
    }

    /// How often the ring was replaced: another number, perhaps other keys.
    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// Yields whenever the ring is replaced.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Waits until the keys that exist have been read.
    pub async fn loaded(&self) {
        // The sender lives in self, so waiting cannot fail.
        let _ = self.version.subscribe().wait_for(|version| *version > 0).await;
    }

    /// Whether the keys that exist have been read.
    pub fn is_loaded(&self) -> bool {
        self.version() > 0
    }
}
