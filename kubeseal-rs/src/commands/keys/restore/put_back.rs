//! `put_back`: stores one key of a backup, unless the cluster has it.

use crate::certificate::reinstate;
use crate::commands::keys::kubectl_command::events_command;
use crate::commands::keys::restore::backed_up::BackedUp;
use crate::error::CommandError;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use crate::terminal::escape::shown;
use crate::terminal::program;
use crate::terminal::warnings::alert;

/// Stores the key, unless the cluster has it undamaged, in whatever form; returns the message.
pub(crate) fn put_back(
    store: &KeyStore,
    key: &BackedUp,
    existing: &[StoredKey],
    dry_run: bool,
) -> Result<String, CommandError> {
    let namespace = store.namespace();
    let what = described(key);
    if let Some(there) = existing.iter().find(|there| is_whole(there, key)) {
        return Ok(is_there(store, key, there));
    }
    for broken in existing.iter().filter(|there| is_broken(there, key)) {
        alert(broken_words(namespace, broken));
    }
    let wanted = key.name().filter(|name| existing.iter().all(|there| there.name() != *name));
    let state = if key.has_leaked() { ", as compromised" } else { "" };
    let form = wrapped_words(key);
    let condition = key.form().condition().filter(|_| !key.is_escrow());
    let condition = condition.map(|condition| format!("; {condition}")).unwrap_or_default();
    if dry_run {
        let name = wanted.map_or_else(|| "of another name".to_owned(), shown);
        return Ok(format!("{what} would be restored{state}{form} (Secret {namespace}/{name}){condition}\n"));
    }
    let named = match wanted {
        Some(name) => store.create(&key.to_store(namespace, store.prefix(), Some(name)))?,
        None => None,
    };
    let name = match named {
        Some(name) => name,
        // Another Secret has the name. It may be a key, too, and stays.
        None => store.create(&key.to_store(namespace, store.prefix(), None))?.unwrap_or_default(),
    };
    if !key.has_leaked() && !key.is_escrow() {
        reinstate(key.certificate());
    }
    Ok(format!("{what} is restored{state}{form} (Secret {namespace}/{name}){condition}\n"))
}

/// The message about a key that the cluster has.
fn is_there(store: &KeyStore, key: &BackedUp, there: &StoredKey) -> String {
    let namespace = store.namespace();
    let (short, name, state) = (key.fingerprint().short(), there.name(), there.state());
    if key.has_leaked() && state == State::Active {
        alert(format_args!(
            "{short} is active in the cluster, but is known to have leaked: take it out with `{} keys revoke {short}`",
            program::name()
        ));
    }
    if let Some(problem) = there.problem() {
        alert(format_args!("Secret {namespace}/{name} cannot be used: {problem}"));
    }
    if !key.is_escrow() && is_wrapped_otherwise(there, key) {
        alert(format_args!(
            "Secret {namespace}/{name} holds {short} wrapped otherwise than the backup. If the controller refuses it, \
             `{}` shows that: then `kubectl delete secret -n {namespace} {name}`, and restore again",
            events_command(store.address(), &name)
        ));
    }
    let is_wrapped = there.wrapped().is_some() || key.form().wrapped().is_some();
    let form = there.form().ok().filter(|_| is_wrapped && !key.is_escrow());
    let form = form.map(|form| format!(", {form}")).unwrap_or_default();
    let state = if key.is_escrow() { String::new() } else { format!(", {}", state.as_str()) };
    format!("{} is there already{state}{form} (Secret {namespace}/{name})\n", described(key))
}

fn described(key: &BackedUp) -> String {
    let short = key.fingerprint().short();
    if key.is_escrow() { format!("the escrow copy of {short}") } else { short }
}

/// How a wrapped key is kept. Of one in plain there is nothing to say.
fn wrapped_words(key: &BackedUp) -> String {
    let is_wrapped = key.form().wrapped().is_some() && !key.is_escrow();
    if is_wrapped { format!(", {}", key.form()) } else { String::new() }
}

/// Whether the Secret holds this key undamaged, in either form. For a leaked key, its certificate is enough: nothing is opened with it.
fn is_whole(there: &StoredKey, key: &BackedUp) -> bool {
    let is_enough = there.form().is_ok() || there.state() == State::Compromised;
    // An escrow copy of a key that leaked has the label of leaked keys.
    let is_copy = there.state() == State::Escrow || there.wrapped().is_some() && key.has_leaked();
    let is_meant = if key.is_escrow() { is_copy } else { there.state() != State::Escrow };
    is_enough && is_meant && there.fingerprint() == Some(key.fingerprint())
}

/// Whether the Secret and the backup have the key in different wrapped forms: it was wrapped anew since, or one of them was changed, which is
/// seen only by who opens it.
fn is_wrapped_otherwise(there: &StoredKey, key: &BackedUp) -> bool {
    let forms = (there.wrapped(), key.form().wrapped());
    matches!(forms, (Some(there), Some(key)) if there.document != key.document)
}

/// Whether the Secret was this key, and is damaged.
fn is_broken(there: &StoredKey, key: &BackedUp) -> bool {
    let is_meant =
        there.fingerprint() == Some(key.fingerprint()) || key.name() == Some(there.name().as_str());
    is_meant && there.form().is_err()
}

fn broken_words(namespace: &str, broken: &StoredKey) -> String {
    let name = broken.name();
    let why = broken.problem().unwrap_or_default();
    format!(
        "Secret {namespace}/{name} is broken: {why}. It stays as it is, and the key is stored under another name; then \
         `kubectl delete secret -n {namespace} {name}`"
    )
}
