//! What this machine keeps of certificates is corrected by the states of the cluster's keys: `correct` where a command reads them, and
//! `is_in_use` where a certificate would be refused. `is_of_cluster` guards what is written into a cluster.

use crate::certificate::cache::Cached;
use crate::certificate::known_certificate::KnownCertificate;
use crate::certificate::withdrawn::{Withdrawal, Withdrawn};
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use envelope::Certificate;

/// Records what was revoked, perhaps from another machine, and takes back that a key was retired in this cluster which is active again. A certificate alone
/// proves nothing: it is public, and that of another cluster may have been put there. Proof is the private half; of a wrapped key, that this controller
/// served the certificate to this machine before.
pub(crate) fn correct(store: &KeyStore, keys: &[StoredKey]) {
    if !store.is_verified() {
        return;
    }
    for key in keys {
        let Ok(form) = key.form() else { continue };
        let certificate = form.certificate();
        match key.state() {
            _ if !is_proved(key, store.address()) => {}
            State::Compromised => {
                Withdrawal::note(certificate, Withdrawn::Revoked, store.server());
                Cached::drop_everywhere(certificate);
            }
            State::Active if !is_retired(keys, key) => Withdrawal::lift_in(certificate, store.server()),
            State::Active | State::Escrow | State::Retired | State::Inactive | State::Unusable => {}
        }
    }
}

/// Whether another Secret of the same key is retired.
fn is_retired(keys: &[StoredKey], key: &StoredKey) -> bool {
    keys.iter().any(|other| other.state() == State::Retired && other.is_same(key))
}

/// Whether the Secret of this key is one of the controller's. Of a wrapped one it proves nothing by itself.
pub(crate) fn is_proved(key: &StoredKey, address: &ControllerAddress) -> bool {
    key.wrapped().is_none() || key.certificate().is_some_and(|its| KnownCertificate::is_of(its, address))
}

/// Whether the key of this certificate is in use: the controller serves it, or it is among the active keys, if the user may list them.
/// False if that cannot be found out over verified TLS.
pub(crate) fn is_in_use(address: &ControllerAddress, certificate: &Certificate) -> bool {
    let is_served = || {
        let controller = Controller::find(address).ok().filter(Controller::is_verified)?;
        serves(&controller, certificate).ok()
    };
    let is_active = || {
        let store = KeyStore::connect(address).ok().filter(KeyStore::is_verified)?;
        listed(&store, certificate)
    };
    is_served().unwrap_or_default() || is_active() == Some(Listed::Active)
}

/// Whether an active key of the cluster has this certificate; if the user may not list the keys, or only a wrapped one has it, whether the controller serves
/// it. For what is written into that cluster, which is trusted as far as that, even without verified TLS.
pub(crate) fn is_of_cluster(
    address: &ControllerAddress,
    certificate: &Certificate,
) -> Result<bool, ControllerError> {
    match KeyStore::connect(address).ok().and_then(|store| listed(&store, certificate)) {
        Some(Listed::Active) => Ok(true),
        Some(Listed::Absent) => Ok(false),
        Some(Listed::Unproved) | None => serves(&Controller::find(address)?, certificate),
    }
}

fn serves(controller: &Controller, certificate: &Certificate) -> Result<bool, ControllerError> {
    let served = Certificate::from_pem(&controller.certificate()?);
    Ok(served.is_ok_and(|served| served.fingerprint() == certificate.fingerprint()))
}

/// What the list of keys says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// A key in use has it.
    Active,
    /// A Secret of a wrapped key has it, which anyone who may write Secrets can store.
    Unproved,
    /// None has it, or its private key leaked.
    Absent,
}

/// None if the user may not list the keys, or cannot.
fn listed(store: &KeyStore, certificate: &Certificate) -> Option<Listed> {
    if !store.may_list_keys() {
        return None;
    }
    let keys = store.keys().ok()?;
    let same =
        keys.iter().filter(|key| key.certificate().is_some_and(|its| its.public() == certificate.public()));
    let has_leaked = same.clone().any(|key| key.state() == State::Compromised);
    let is_it = |key: &&StoredKey| {
        key.state() == State::Active && key.fingerprint() == Some(certificate.fingerprint())
    };
    let active: Vec<_> = same.filter(is_it).collect();
    Some(if active.is_empty() || has_leaked {
        Listed::Absent
    } else if active.into_iter().any(|key| is_proved(key, store.address())) {
        Listed::Active
    } else {
        Listed::Unproved
    })
}
