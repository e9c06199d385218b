//! What this machine keeps of certificates is corrected by the states of the cluster's keys: `correct` where a command reads them, and
//! `is_in_use` where a certificate would be refused.

use crate::certificate::cache::Cached;
use crate::certificate::withdrawn::{Withdrawal, Withdrawn};
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use envelope::Certificate;

/// Records what was revoked, perhaps from another machine, and takes back that a key is retired which is active again. A certificate alone
/// proves nothing: it is public, and that of another cluster may have been put there.
pub(crate) fn correct(store: &KeyStore, keys: &[StoredKey]) {
    if !store.is_verified() {
        return;
    }
    for key in keys {
        let Ok(pair) = key.key() else { continue };
        let certificate = pair.pair().certificate();
        match key.state() {
            State::Compromised => {
                Withdrawal::note(certificate, Withdrawn::Revoked, store.server());
                Cached::drop_everywhere(certificate);
            }
            State::Active => Withdrawal::lift(certificate),
            State::Retired | State::Inactive | State::Unusable => {}
        }
    }
}

/// Whether the key of this certificate is in use: the controller serves it, or it is among the active keys, if the user may list them.
/// False if that cannot be found out over verified TLS.
pub(crate) fn is_in_use(controller: &ControllerAddress, certificate: &Certificate) -> bool {
    is_served(controller, certificate).unwrap_or_default()
        || is_active(controller, certificate).unwrap_or_default()
}

fn is_served(controller: &ControllerAddress, certificate: &Certificate) -> Option<bool> {
    let found = Controller::find(controller).ok().filter(Controller::is_verified)?;
    let served = Certificate::from_pem(&found.certificate().ok()?).ok()?;
    Some(served.fingerprint() == certificate.fingerprint())
}

fn is_active(controller: &ControllerAddress, certificate: &Certificate) -> Option<bool> {
    let store = KeyStore::connect(controller).ok().filter(KeyStore::is_verified)?;
    if !store.may_list_keys() {
        return None;
    }
    let keys = store.keys().ok()?;
    let mut same =
        keys.iter().filter(|key| key.certificate().is_some_and(|its| its.public() == certificate.public()));
    let has_leaked = same.clone().any(|key| key.state() == State::Compromised);
    let is_it = |key: &StoredKey| {
        key.state() == State::Active && key.fingerprint() == Some(certificate.fingerprint())
    };
    Some(!has_leaked && same.any(is_it))
}
