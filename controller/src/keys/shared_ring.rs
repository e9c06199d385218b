//! [`SharedRing`]: the ring that counts right now, and word of its changes.

use arc_swap::ArcSwap;
use sealing::{KeyRing, SealingKey};
use std::sync::Arc;
use tokio::sync::watch;

/// Readers take a snapshot and keep it for a whole SealedSecret; a change never reaches into work under way.
#[derive(Debug)]
pub struct SharedRing {
    current: ArcSwap<KeyRing>,
    /// How often the ring was replaced; 0 until the first complete list has been read.
    version: watch::Sender<u64>,
}

impl Default for SharedRing {
    fn default() -> Self {
        Self { current: ArcSwap::default(), version: watch::Sender::new(0) }
    }
}

impl SharedRing {
    /// The ring as it is now.
    pub fn snapshot(&self) -> Arc<KeyRing> {
        self.current.load_full()
    }

    /// Puts another ring in its place, and tells everyone who listens.
    pub fn replace(&self, ring: KeyRing) {
        self.current.store(Arc::new(ring));
        self.version.send_modify(|version| *version += 1);
    }

    /// Adds a key that was just stored, unless the watch was faster.
    pub fn add(&self, key: SealingKey) {
        let key = Arc::new(key);
        self.current.rcu(|now| now.with(Arc::clone(&key)));
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
