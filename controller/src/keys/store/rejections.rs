//! [`Refusals`]: the Secrets that are refused right now, here and in other namespaces.

use crate::keys::store::rejected::{Reason, Refusal};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Who found them: one watch each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Finder {
    /// The watch of the keys.
    Home,
    /// A watch of other namespaces: of one, or of all.
    Elsewhere(Option<String>),
}

/// What every watch refuses.
#[derive(Debug)]
pub(crate) struct Refusals {
    current: Mutex<BTreeMap<Finder, Vec<Refusal>>>,
    version: watch::Sender<u64>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { current: Mutex::default(), version: watch::Sender::new(0) }
    }
}

impl Refusals {
    /// This is all that this watch refuses now.
    pub(crate) fn replace(&self, finder: Finder, refusals: Vec<Refusal>) {
        self.lock().insert(finder, refusals);
        self.version.send_modify(|version| *version += 1);
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Refusal> {
        self.lock().values().flatten().cloned().collect()
    }

    /// How many there are, for each reason.
    pub(crate) fn counts(&self) -> [(Reason, usize); Reason::ALL.len()] {
        let current = self.lock();
        Reason::ALL.map(|reason| {
            (reason, current.values().flatten().filter(|refusal| refusal.reason == reason).count())
        })
    }

    /// Yields when there are others.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Finder, Vec<Refusal>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
