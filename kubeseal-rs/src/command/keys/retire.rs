//! `keys retire`: takes out a key that nothing needs.

use super::KeysError;
use super::error::Places;
use super::find::{find, newest};
use super::needed::{Use, in_cluster, in_files, ring};
use crate::controller::{Controller, ControllerAddress};
use crate::failure::Failure;
use crate::key_store::{KeyStore, State, StoredKey};
use crate::mode::SealedFiles;
use crate::output::Output;
use api::sealing_key::RETIRED;
use envelope::{Certificate, Fingerprint};

pub(super) fn retire(place: &ControllerAddress, key: &str, files: &SealedFiles) -> Result<(), Failure> {
    let store = KeyStore::connect(place)?;
    let keys = store.keys()?;
    let (fingerprint, secrets) = find(&keys, key)?;
    if newest(&keys).and_then(StoredKey::fingerprint) == Some(fingerprint) {
        return Err(KeysError::Newest(fingerprint).into());
    }
    if secrets.iter().any(|key| key.state() == State::Compromised) {
        return Err(KeysError::Compromised(fingerprint).into());
    }
    let active: Vec<&&StoredKey> = secrets.iter().filter(|key| key.state() != State::Retired).collect();
    if active.is_empty() {
        return Ok(Output::Stdout.write(format!("{} is retired already\n", fingerprint.short()).as_bytes())?);
    }
    if served(place) == Some(fingerprint) {
        return Err(KeysError::Served(fingerprint).into());
    }
    let ring = ring(&keys);
    let mut uses = in_cluster(&store.sealed_secrets()?, Some(&ring));
    let mut in_files = in_files(files, &ring);
    uses.append(&mut in_files.uses);
    nothing_needs(fingerprint, &uses, in_files.faults)?;
    for key in active {
        store.label(key, RETIRED)?;
        let (namespace, name) = (store.namespace(), key.name());
        let told = format!("{} is retired (Secret {namespace}/{name})\n", fingerprint.short());
        Output::Stdout.write(told.as_bytes())?;
    }
    Ok(())
}

/// The key that new values are sealed with, which with --key-publish-delay is not always the newest. None where the controller
/// cannot be asked: what it serves nobody can fetch then, either.
fn served(place: &ControllerAddress) -> Option<Fingerprint> {
    let certificate = Controller::find(place).ok()?.certificate().ok()?;
    Certificate::from_pem(&certificate).ok().map(|certificate| certificate.fingerprint())
}

/// Refuses while it is needed, or may be.
fn nothing_needs(key: Fingerprint, uses: &[Use], faults: Vec<String>) -> Result<(), KeysError> {
    let needing = || uses.iter().filter(|it| it.keys.contains(&key)).map(|it| it.place.clone());
    let unknown = uses.iter().filter(|it| it.unknown && !it.keys.contains(&key));
    let unknown = unknown.map(|it| format!("{} (it is not known which key)", it.place)).chain(faults);
    let what: Vec<String> = needing().chain(unknown).collect();
    if what.is_empty() {
        return Ok(());
    }
    Err(KeysError::Needed { key, what: Places(what), is_known: needing().next().is_some() })
}
