//! `keys retire`: takes out a key that nothing needs.

use crate::certificate::withdraw;
use crate::certificate::withdrawn::Withdrawn;
use crate::commands::keys::error::{KeysError, Places};
use crate::commands::keys::find::{find, newest};
use crate::commands::keys::needed::{FileUses, Use, in_cluster, in_files, ring};
use crate::controller::Controller;
use crate::controller::error::{ControllerError, Question};
use crate::controller::fault::Fault;
use crate::error::Failure;
use crate::files::output::progress_lines::Telling;
use crate::files::output::tell;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use crate::settings::keys::{KeyPlace, Retire};
use crate::terminal::warnings::alert;
use api::sealing_key::RETIRED;
use envelope::{Certificate, Fingerprint};

pub(crate) fn retire(place: &KeyPlace, retire: &Retire) -> Result<(), Failure> {
    let store = KeyStore::connect(place)?;
    let keys = store.keys()?;
    let (fingerprint, secrets) = find(&keys, &retire.key)?;
    if newest(&keys).and_then(StoredKey::fingerprint) == Some(fingerprint) {
        return Err(KeysError::Newest(fingerprint).into());
    }
    if secrets.iter().any(|key| key.state() == State::Compromised) {
        return Err(KeysError::Compromised(fingerprint).into());
    }
    let active: Vec<&&StoredKey> = secrets.iter().filter(|key| key.state() != State::Retired).collect();
    if active.is_empty() {
        return Ok(tell(&format!("{} is retired already\n", fingerprint.short()))?);
    }
    if !retire.unserved {
        not_served(place, fingerprint)?;
    }
    let ring = ring(&keys);
    let mut uses = in_cluster(&store.sealed_secrets()?, Some(&ring));
    let mut in_files = in_files(&retire.files, &ring);
    uses.append(&mut in_files.uses);
    nothing_needs(fingerprint, &uses, in_files)?;
    let mut telling = Telling::begin();
    for key in active {
        store.label(key, RETIRED)?;
        if let Some(certificate) = key.certificate() {
            withdraw(certificate, Withdrawn::Retired, store.server());
        }
        let (namespace, name) = (store.namespace(), key.name());
        let told = format!("{} is retired (Secret {namespace}/{name})\n", fingerprint.short());
        telling.tell(&told);
    }
    Ok(telling.end()?)
}

/// Refuses the key that new values are sealed with, which with --key-publish-delay is not always the newest; and where it
/// is not known which that is.
fn not_served(place: &KeyPlace, key: Fingerprint) -> Result<(), KeysError> {
    let controller = &place.controller;
    match Controller::find(controller).and_then(|found| found.certificate()) {
        Ok(text) => match Certificate::from_pem(&text) {
            Ok(served) if served.fingerprint() == key => Err(KeysError::Served(key)),
            Ok(_) => Ok(()),
            Err(_) => Err(KeysError::ServedUnknown { key, source: None }),
        },
        // Without a Service, no certificate can be fetched.
        Err(error) if is_gone(&error) => {
            alert(format_args!(
                "there is no Service {}/{}, so it is not known which key is served; if the controller's has another name, give \
                 --controller-name",
                controller.namespace, controller.name
            ));
            Ok(())
        }
        Err(error) if is_down(&error) => Ok(()),
        Err(error) => Err(KeysError::ServedUnknown { key, source: Some(Box::new(error)) }),
    }
}

/// Whether there is no such Service.
fn is_gone(error: &ControllerError) -> bool {
    matches!(error, ControllerError::Ask { question: Question::Service, source: Fault::NotFound(_), .. })
}

/// Whether the Service leads to no pod. The service proxy says so in words alone; a pod that does not answer is another matter.
fn is_down(error: &ControllerError) -> bool {
    matches!(error, ControllerError::Ask { source: Fault::Unavailable(cause), .. }
        if cause.to_string().contains("no endpoints available"))
}

/// Refuses while it is needed, or may be.
fn nothing_needs(key: Fingerprint, uses: &[Use], in_files: FileUses) -> Result<(), KeysError> {
    let needing = || uses.iter().filter(|it| it.keys.contains(&key)).map(|it| it.place.clone());
    let unknown = uses.iter().filter(|it| it.unknown && !it.keys.contains(&key));
    let unknown =
        unknown.map(|it| format!("{} (it is not known which key)", it.place)).chain(in_files.faults);
    let what: Vec<String> = needing().chain(unknown).collect();
    if what.is_empty() {
        return Ok(());
    }
    let is_known = needing().next().is_some();
    Err(KeysError::Needed { key, what: Places(what), is_known, has_templates: in_files.has_templates })
}
