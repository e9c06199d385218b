//! [`KnownKeys`]: what can be found out about the keys of a cluster, to say why a SealedSecret does not open there.
//!
//! The controller says only that it does not open, because any client may ask. A user learns more from what the user may read anyway: the certificate
//! that the controller serves, the keys' Secrets, and what was revoked or retired from this machine. Nothing is requested before it is needed,
//! and a request that fails only means that less is known.

use crate::certificate::is_revoked;
use crate::certificate::key_states::correct;
use crate::certificate::withdrawn::Withdrawal;
use crate::controller::Controller;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey, active_keys};
use envelope::{Certificate, Fingerprint};
use sealing::{NotedKey, SecretName};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// The keys of a controller's cluster, as far as this user may know them.
#[derive(Default)]
pub(crate) struct KnownKeys {
    served: OnceCell<Option<Fingerprint>>,
    stored: OnceCell<Option<BTreeMap<Fingerprint, NotedKey>>>,
}

impl KnownKeys {
    /// What is known of this key of the cluster of this controller.
    pub(crate) fn state_of(&self, controller: &Controller, key: Fingerprint) -> NotedKey {
        if is_revoked(key) {
            return NotedKey::Revoked;
        }
        if *self.served.get_or_init(|| served(controller)) == Some(key) {
            return NotedKey::Active;
        }
        match self.stored.get_or_init(|| stored(controller)) {
            Some(keys) => keys.get(&key).cloned().unwrap_or(NotedKey::Absent),
            None => state_here(key),
        }
    }
}

/// What this machine knows of this key, without a request.
pub(crate) fn state_here(key: Fingerprint) -> NotedKey {
    match Withdrawal::with(key) {
        Some(_) if is_revoked(key) => NotedKey::Revoked,
        Some(_) => NotedKey::Retired(None),
        None => NotedKey::Unknown,
    }
}

fn served(controller: &Controller) -> Option<Fingerprint> {
    let text = controller.certificate().ok()?;
    Some(Certificate::from_pem(&text).ok()?.fingerprint())
}

/// Every key, if the user may list them.
fn stored(controller: &Controller) -> Option<BTreeMap<Fingerprint, NotedKey>> {
    let store = KeyStore::connect(controller.address()).ok()?;
    if !store.may_list_keys() {
        return None;
    }
    let keys = store.keys().ok()?;
    correct(&store, &keys);
    let named = |key: &StoredKey, noted: NotedKey| Some((key.fingerprint()?, noted));
    let secret = |key: &StoredKey| SecretName { namespace: store.namespace().to_owned(), name: key.name() };
    let mut known: BTreeMap<Fingerprint, NotedKey> = BTreeMap::new();
    // What comes later counts more: a key may stand in several Secrets.
    let others = keys.iter().filter_map(|key| match key.state() {
        State::Retired | State::Inactive => named(key, NotedKey::Retired(Some(secret(key)))),
        State::Unusable => named(key, NotedKey::Unknown),
        State::Active | State::Escrow | State::Compromised => None,
    });
    known.extend(others);
    known.extend(active_keys(&keys).filter_map(|key| named(key, NotedKey::Active)));
    let leaked = keys
        .iter()
        .filter(|key| keys.iter().any(|leak| leak.state() == State::Compromised && leak.is_same(key)));
    known.extend(leaked.filter_map(|key| named(key, NotedKey::Revoked)));
    Some(known)
}
