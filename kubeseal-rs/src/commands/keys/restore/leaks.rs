//! `note_leaks`: which keys of a backup are known to have leaked, according to the backup, the cluster's keys or its
//! SealedSecrets.
//!
//! A backup may be older than the leak, and the Secret that was labelled compromised may be deleted. The condition
//! `Compromised` of the SealedSecrets that the key opened is still there; were the key active again, the controller
//! would remove the condition.

use crate::commands::keys::restore::backed_up::BackedUp;
use crate::error::{CommandError, Hint as _};
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use crate::terminal::warnings::alert;
use api::{Condition, ObservedSealedSecret};
use envelope::{Certificate, Fingerprint};
use kube::ResourceExt as _;

/// Marks the keys that the cluster knows to have leaked.
pub(crate) fn note_cluster(
    store: &KeyStore,
    existing: &[StoredKey],
    backup: &mut [BackedUp],
) -> Result<(), CommandError> {
    let leaked = existing.iter().filter(|key| key.state() == State::Compromised);
    let leaked: Vec<Certificate> = leaked.filter_map(|key| key.certificate().cloned()).collect();
    note_leaks(backup, &leaked);
    match store.sealed_secrets() {
        Ok(objects) => note_named(backup, &objects),
        Err(error) if error.is_forbidden() => alert(format_args!(
            "whether SealedSecrets in the cluster say that one of these keys leaked is not known: {}",
            error.with_hint()
        )),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The private key leaked: what one Secret says of it holds for all, whatever certificates were made for it.
pub(crate) fn note_leaks(keys: &mut [BackedUp], leaked: &[Certificate]) {
    for key in keys {
        if leaked.iter().any(|leaked| leaked.public() == key.certificate().public()) {
            key.note_leak();
        }
    }
}

fn note_named(backup: &mut [BackedUp], objects: &[ObservedSealedSecret]) {
    let mut leaked = Vec::new();
    for key in backup.iter().filter(|key| !key.has_leaked()) {
        let fingerprint = key.fingerprint();
        let mut naming = objects.iter().filter(|object| names(object, fingerprint));
        let Some(first) = naming.next() else { continue };
        let more = match naming.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        alert(format_args!(
            "{} leaked and was revoked: so says the condition {} of the SealedSecret {}/{}{more}. It does not come back as an active \
             key",
            fingerprint.short(),
            Condition::COMPROMISED,
            first.namespace().unwrap_or_default(),
            first.name_any()
        ));
        leaked.push(key.certificate().clone());
    }
    note_leaks(backup, &leaked);
}

/// Whether the object's condition says that this key leaked. It holds the whole fingerprint.
fn names(object: &ObservedSealedSecret, key: Fingerprint) -> bool {
    object.status.as_ref().is_some_and(|status| status.says_leaked(&key.to_string()))
}
