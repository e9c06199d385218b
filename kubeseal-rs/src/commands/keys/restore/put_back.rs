//! `put_back`: stores one key of a backup, unless the cluster has it.

use crate::certificate::reinstate;
use crate::commands::keys::restore::backed_up::BackedUp;
use crate::error::CommandError;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use crate::terminal::escape::shown;
use crate::terminal::warnings::alert;

/// Stores the key, unless the cluster has it undamaged; returns the message.
pub(crate) fn put_back(
    store: &KeyStore,
    key: &BackedUp,
    existing: &[StoredKey],
    dry_run: bool,
) -> Result<String, CommandError> {
    let (short, namespace) = (key.fingerprint().short(), store.namespace());
    if let Some(there) = existing.iter().find(|there| is_whole(there, key)) {
        let (name, state) = (there.name(), there.state());
        if key.has_leaked() && state == State::Active {
            alert(format_args!(
                "{short} is active in the cluster, but is known to have leaked: take it out with `{} keys revoke {short}`",
                crate::terminal::program::name()
            ));
        }
        return Ok(format!("{short} is there already, {} (Secret {namespace}/{name})\n", state.as_str()));
    }
    for broken in existing.iter().filter(|there| is_broken(there, key)) {
        alert(broken_words(namespace, broken));
    }
    let wanted = key.name().filter(|name| existing.iter().all(|there| there.name() != *name));
    let state = if key.has_leaked() { ", as compromised" } else { "" };
    if dry_run {
        let name = wanted.map_or_else(|| "of another name".to_owned(), shown);
        return Ok(format!("{short} would be restored{state} (Secret {namespace}/{name})\n"));
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
    if !key.has_leaked() {
        reinstate(key.certificate());
    }
    Ok(format!("{short} is restored{state} (Secret {namespace}/{name})\n"))
}

/// Whether the Secret holds this key undamaged. For a leaked key, its certificate is enough: nothing is opened with it.
fn is_whole(there: &StoredKey, key: &BackedUp) -> bool {
    let is_enough = there.key().is_ok() || there.state() == State::Compromised;
    is_enough && there.fingerprint() == Some(key.fingerprint())
}

/// Whether the Secret was this key, and is damaged.
fn is_broken(there: &StoredKey, key: &BackedUp) -> bool {
    let is_meant =
        there.fingerprint() == Some(key.fingerprint()) || key.name() == Some(there.name().as_str());
    is_meant && there.key().is_err()
}

fn broken_words(namespace: &str, broken: &StoredKey) -> String {
    let name = broken.name();
    let why = broken.key().err().map(|error| error.to_string()).unwrap_or_default();
    format!(
        "Secret {namespace}/{name} is broken: {why}. It stays as it is, and the key is stored under another name; then \
         `kubectl delete secret -n {namespace} {name}`"
    )
}
