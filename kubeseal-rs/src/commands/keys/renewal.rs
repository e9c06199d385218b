//! `make_fresh`: asks the controller for a new key, and waits for it.

use crate::commands::keys::error::KeysError;
use crate::commands::keys::find::{active_keys, newest};
use crate::error::CommandError;
use crate::key_store::KeyStore;
use crate::key_store::error::KeyStoreError;
use crate::key_store::retry::retry;
use crate::key_store::stored_key::{State, StoredKey};
use crate::settings::timeout::Timeout;
use crate::terminal::warnings::alert;
use api::sealing_key::RENEW;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Between two looks. The controller takes a second or more to make a key.
const INTERVAL: Duration = Duration::from_millis(500);

/// After this long, a person wants to know what is waited for.
const LONG: Duration = Duration::from_secs(8);

/// Asks, and gives the new key. If that takes long, `meanwhile` is told.
pub(crate) fn make_fresh(
    store: &KeyStore,
    keys: &[StoredKey],
    timeout: Timeout,
    meanwhile: &str,
) -> Result<StoredKey, CommandError> {
    let asked = to_ask(keys);
    if asked.is_empty() {
        return Err(KeysError::NoActive.into());
    }
    for key in &asked {
        ask(store, key)?;
    }
    let new = wait(store, keys, timeout, meanwhile)?;
    for key in asked {
        // Answered. Left there, it would count as asked again once the new key is gone.
        if let Err(error) = store.annotate(key, RENEW, None) {
            alert(format_args!("the request for renewal stays on Secret {}: {error}", key.name()));
        }
    }
    Ok(new)
}

/// Asks for a newer key than this one.
pub(crate) fn ask(store: &KeyStore, key: &StoredKey) -> Result<(), KeyStoreError> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    retry(|| store.annotate(key, RENEW, Some(&now)))
}

/// The newest key in either order that a controller may have; all of them where it is not clear which of several that is.
fn to_ask(keys: &[StoredKey]) -> Vec<&StoredKey> {
    let since = newest(keys).and_then(StoredKey::since);
    // Under --key-order-priority SecretCreationTimestamp.
    let created = active_keys(keys).filter_map(StoredKey::created).max();
    active_keys(keys).filter(|key| key.since() == since || key.created() == created).collect()
}

/// Waits for an active key that was not there. An API server that fails meanwhile is asked again.
fn wait(
    store: &KeyStore,
    keys: &[StoredKey],
    timeout: Timeout,
    meanwhile: &str,
) -> Result<StoredKey, CommandError> {
    let known: BTreeSet<String> = keys.iter().map(StoredKey::name).collect();
    // A key that was there and is restored under another name is not new.
    let is_new = |key: &StoredKey| {
        key.state() == State::Active
            && !known.contains(&key.name())
            && !keys.iter().any(|there| there.is_same(key))
    };
    let start = Instant::now();
    let mut is_told = false;
    loop {
        let last = match store.keys() {
            Ok(found) => match found.into_iter().find(is_new) {
                Some(key) => return Ok(key),
                None => None,
            },
            Err(error) if error.may_pass() => Some(Box::new(error)),
            Err(error) => return Err(error.into()),
        };
        if let Some(longest) = timeout.0
            && start.elapsed() >= longest
        {
            return Err(KeysError::NotRenewed { waited: longest, source: last }.into());
        }
        if !is_told && start.elapsed() >= LONG {
            is_told = true;
            alert(format_args!("there is no new key yet{}; {meanwhile}", told(timeout)));
        }
        std::thread::sleep(INTERVAL);
    }
}

fn told(timeout: Timeout) -> String {
    timeout
        .0
        .map_or_else(String::new, |longest| format!(", and it is waited for up to {} s", longest.as_secs()))
}
