//! [`SharedRing`]: the current [`RingState`] for all parts of the controller, and notification of its changes.

use crate::config::key_wrapping::KeyWrapping;
use crate::config::keys::Keys;
use crate::keys::api_server_clock::ApiServerClock;
use crate::keys::key_policy::KeyPolicy;
use crate::keys::store::key_secret::KeySecret;
use crate::keys::store::ring_state::RingState;
use crate::keys::store::wrapped_secret::{Unwrapping, WrappedId};
use arc_swap::ArcSwap;
use sealing::KeyRing;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// Readers take a snapshot and keep it for a whole SealedSecret; a change never reaches into work under way.
#[derive(Debug)]
pub(crate) struct SharedRing {
    current: ArcSwap<RingState>,
    /// Whether a Secret is labelled as a key, or one has been a key since this process started; None until the first complete list
    /// has been read, and each wrapped key of it was tried, or enough of them. Sent again whenever the state is replaced.
    has_had_key: watch::Sender<Option<bool>>,
    /// How often it was replaced by one that unseals other objects.
    opening: watch::Sender<u64>,
    clock: ApiServerClock,
    settings: Keys,
}

impl SharedRing {
    /// A ring that has not been read yet.
    pub(crate) fn new(settings: Keys) -> Self {
        Self {
            current: ArcSwap::from_pointee(RingState::unread(policy(&settings))),
            has_had_key: watch::Sender::default(),
            opening: watch::Sender::default(),
            clock: ApiServerClock::default(),
            settings,
        }
    }

    pub(crate) fn snapshot(&self) -> Arc<KeyRing> {
        Arc::clone(&self.current.load().ring)
    }

    pub(crate) fn state(&self) -> Arc<RingState> {
        self.current.load_full()
    }

    pub(crate) fn clock(&self) -> &ApiServerClock {
        &self.clock
    }

    /// How keys are ordered, made, renewed and published.
    pub(crate) fn settings(&self) -> &Keys {
        &self.settings
    }

    /// Replaces the state by what follows from these Secrets, which the watch has shown up to this resourceVersion.
    pub(crate) fn replace(&self, secrets: &BTreeMap<String, KeySecret>, until: Option<&str>) {
        let before = self.swap(|now| now.replacing(secrets.clone(), until));
        if !before.ring.is_empty() && self.snapshot().is_empty() {
            tracing::error!(
                hint = "restore a key, or send SIGUSR1 or restart the controller to make a new one",
                "no sealing key is left: nothing can be sealed or unsealed"
            );
        }
    }

    /// Adds a Secret that was just stored, or read by its name, unless the watch has shown a later version of it.
    pub(crate) fn add(&self, secret: &KeySecret) {
        self.swap(|now| now.with(secret.clone()));
    }

    /// Adds a wrapped key that was just stored and unwrapped.
    pub(crate) fn add_unwrapped(&self, secret: &KeySecret, id: WrappedId, unwrapping: &Unwrapping) {
        self.swap(|now| now.storing(secret, id, unwrapping));
    }

    /// Notes what has become of unwrapping keys. What is known already changes nothing, and notifies of nothing.
    pub(crate) fn note_unwrapping(&self, unwrapping: &[(WrappedId, Unwrapping)]) {
        let state = self.state();
        let is_known =
            |(id, new): &(WrappedId, Unwrapping)| state.unwrapped(*id).is_some_and(|known| known.is_as(new));
        if !unwrapping.iter().all(is_known) {
            self.swap(|now| now.unwrapping(unwrapping.iter().cloned()));
        }
    }

    /// The keys count as read, though not each of them was tried: those that were not may wait for long.
    pub(crate) fn finish_loading(&self) {
        self.has_had_key.send_if_modified(|has_had_key| {
            let is_loading = has_had_key.is_none();
            if is_loading {
                *has_had_key = Some(!self.current.load().never_had_key());
            }
            is_loading
        });
    }

    /// Notes the name of the key with which a provider encrypts now.
    pub(crate) fn note_current_key(&self, provider: &str, key_id: &str) {
        self.swap(|now| now.encrypting_with(provider, key_id));
    }

    /// Returns the state before.
    fn swap(&self, next: impl Fn(&RingState) -> RingState) -> Arc<RingState> {
        let before = self.current.rcu(|now| next(now));
        // Of two concurrent changes, the later one compares the last two states: no change goes unnoticed.
        if !before.ring.opens_as(&self.snapshot()) {
            self.opening.send_modify(|opening| *opening += 1);
        }
        // Under the lock of the value, so that the last of two changes sends what holds after both.
        self.has_had_key.send_modify(|has_had_key| {
            let state = self.current.load();
            if has_had_key.is_some() || state.all_tried() {
                *has_had_key = Some(!state.never_had_key());
            }
        });
        before
    }

    /// Notified whenever the state is replaced. The value is whether there is a key, or has been one; None until the keys are read.
    pub(crate) fn changes(&self) -> watch::Receiver<Option<bool>> {
        self.has_had_key.subscribe()
    }

    /// How often the state was replaced by one that unseals other objects. An annotation on a key's Secret does not count: each
    /// object that cannot be unsealed may cost seconds to try again.
    pub(crate) fn opening_version(&self) -> u64 {
        *self.opening.borrow()
    }

    /// Notified whenever the state is replaced by one that unseals other objects.
    pub(crate) fn opening_changes(&self) -> watch::Receiver<u64> {
        self.opening.subscribe()
    }

    /// Waits until the keys have been read.
    pub(crate) async fn loaded(&self) {
        // Waiting cannot fail: the sender lives as long as self.
        let _ = self.has_had_key.subscribe().wait_for(Option::is_some).await;
    }

    /// Waits until the keys have been read and, where there has never been a key, until the first is made.
    pub(crate) async fn settled(&self) {
        let _ = self.has_had_key.subscribe().wait_for(|has_had_key| *has_had_key == Some(true)).await;
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.has_had_key.borrow().is_some()
    }
}

fn policy(settings: &Keys) -> KeyPolicy {
    let wrapping = settings.wrapping.as_ref();
    KeyPolicy {
        unwraps: wrapping.is_some_and(KeyWrapping::unwraps),
        serves_plain: !wrapping.is_some_and(|wrapping| wrapping.required),
        unwrap_all: wrapping.is_some_and(|wrapping| wrapping.unwrap_all),
        wrapping: wrapping.map(KeyWrapping::wrap_uris).unwrap_or_default(),
        cluster_name: wrapping.map(|wrapping| wrapping.cluster_name.clone()),
        escrow_recipients: wrapping.map(KeyWrapping::escrow_recipients).unwrap_or_default(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
