//! [`SharedRing`]: the ring that counts right now, and word of its changes.

use crate::config::keys::Keys;
use crate::keys::published::{Validity, published};
use crate::keys::renewal::api_server_clock::ServerClock;
use crate::keys::renewal::key_age::Dates;
use crate::keys::renewal::schedule::{Rules, newest};
use crate::keys::renewal_request::signal::{Fate, Request};
use crate::keys::status::KeyReport;
use crate::keys::store::key_records::Known;
use crate::keys::store::key_secret::Found;
use crate::keys::store::rejected::Refusal;
use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use sealing::{KeyRing, SealingKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// Readers take a snapshot and keep it for a whole SealedSecret; a change never reaches into work under way.
#[derive(Debug)]
pub(crate) struct SharedRing {
    current: ArcSwap<Known>,
    /// How often the ring was replaced; 0 until the first complete list has been read.
    version: watch::Sender<u64>,
    /// How often it was replaced by one with which other things open.
    opening: watch::Sender<u64>,
    /// What a key's age is told by.
    clock: ServerClock,
    publish_delay: SignedDuration,
    /// Without an origin, which only the names of first keys need.
    rules: Rules,
}

impl SharedRing {
    /// Empty, for keys that are kept so.
    pub(crate) fn new(settings: &Keys) -> Self {
        Self {
            current: ArcSwap::default(),
            version: watch::Sender::new(0),
            opening: watch::Sender::new(0),
            clock: ServerClock::default(),
            publish_delay: settings.publish_delay,
            rules: Rules {
                prefix: settings.new.prefix.clone(),
                origin: String::new(),
                renewal: settings.renewal,
            },
        }
    }

    /// The ring as it is now.
    pub(crate) fn snapshot(&self) -> Arc<KeyRing> {
        Arc::clone(&self.current.load().ring)
    }

    /// Of a snapshot, the key whose certificate is served and resealed to.
    pub(crate) fn published<'a>(&self, ring: &'a KeyRing) -> Option<&'a SealingKey> {
        let now = self.clock.now();
        let known = self.current.load();
        // First the one that renewal goes by, which may have been dated by another clock than the one before it.
        let first = newest(&known.observed, &self.rules, now).map(|key| key.fingerprint);
        let is_first = move |key: &&SealingKey| Some(key.fingerprint()) == first;
        let newest_first = ring.iter().filter(is_first).chain(ring.iter().filter(move |key| !is_first(key)));
        published(newest_first, |key| (Dates::of(key), Validity::of(key)), self.publish_delay, now)
    }

    /// The keys in figures.
    pub(crate) fn report(&self) -> KeyReport {
        let known = self.current.load();
        let published = self.published(&known.ring).map(SealingKey::fingerprint);
        KeyReport::new(&known.ring, &known.observed, &self.rules, published, self.clock.now())
    }

    /// Whom to ask for a new key, at `now` by the API server's clock; None where there is no key.
    pub(crate) fn request(&self, now: Timestamp) -> Option<Request> {
        Request::new(&self.current.load().observed, &self.rules, now)
    }

    /// What became of it.
    pub(crate) fn fate(&self, request: &Request) -> Fate {
        request.fate(&self.current.load().observed, &self.rules, self.clock.now())
    }

    /// Whether no Secret claims to be a key, and none has since this process started; false while that is not known.
    pub(crate) fn shows_none_ever(&self) -> bool {
        self.is_loaded() && self.current.load().none_ever()
    }

    /// The API server's clock.
    pub(crate) fn clock(&self) -> &ServerClock {
        &self.clock
    }

    /// Everything that is known, in one state.
    pub(crate) fn known(&self) -> Arc<Known> {
        self.current.load_full()
    }

    /// What the schedule goes by, with what first keys' names are made of.
    pub(crate) fn rules(&self, origin: String) -> Rules {
        Rules { origin, ..self.rules.clone() }
    }

    /// The Secrets that claim to be keys and are refused.
    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        self.current.load().refusals.clone()
    }

    /// Puts what was found, up to this version, in place of all that was known, and tells everyone who listens.
    pub(crate) fn replace(&self, found: &BTreeMap<String, Found>, until: Option<&str>) {
        let before = self.put(|now| Known::new(found.clone(), now.observed.had_any).watched(until));
        if !before.ring.is_empty() && self.snapshot().is_empty() {
            tracing::error!(
                hint = "restore a key, or send SIGUSR1 or start the controller again to make a new one",
                "no sealing key is left: nothing can be sealed or unsealed"
            );
        }
    }

    /// Adds what was just stored or met, unless the watch was faster.
    pub(crate) fn add(&self, found: &Found) {
        self.put(|now| now.with(found.clone()));
    }

    /// Returns what was known before.
    fn put(&self, next: impl Fn(&Known) -> Known) -> Arc<Known> {
        let before = self.current.rcu(|now| next(now));
        // Of two changes at once, the later one compares the last two states: no change goes by unseen.
        if !before.ring.opens_as(&self.snapshot()) {
            self.opening.send_modify(|opening| *opening += 1);
        }
        self.version.send_modify(|version| *version += 1);
        before
    }

    /// How often the ring was replaced: another number, perhaps other keys.
    pub(crate) fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// Yields whenever the ring is replaced.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// How often what opens became another. An annotation on a key's Secret leaves it as it is: each object that does not
    /// open may cost seconds to be tried again.
    pub(crate) fn opening_version(&self) -> u64 {
        *self.opening.borrow()
    }

    /// Yields whenever what opens becomes another.
    pub(crate) fn opening_changes(&self) -> watch::Receiver<u64> {
        self.opening.subscribe()
    }

    /// Waits until the keys that exist have been read.
    pub(crate) async fn loaded(&self) {
        // The sender lives in self, so waiting cannot fail.
        let _ = self.version.subscribe().wait_for(|version| *version > 0).await;
    }

    /// Waits until the keys that exist have been read and, where there has never been one, until the first is made.
    pub(crate) async fn settled(&self) {
        // The version is locked while it is looked at, and comes after what it is the version of.
        let settled = |version: &u64| *version > 0 && !self.current.load().none_ever();
        let _ = self.version.subscribe().wait_for(settled).await;
    }

    /// Whether the keys that exist have been read.
    pub(crate) fn is_loaded(&self) -> bool {
        self.version() > 0
    }
}

#[cfg(test)]
pub(crate) mod tests;
