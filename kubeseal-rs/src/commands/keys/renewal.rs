//! `make_fresh`: requests a new key from the controller, and waits for it.

use crate::commands::keys::error::KeysError;
use crate::commands::keys::find::{newest, newest_plain};
use crate::error::CommandError;
use crate::key_store::KeyStore;
use crate::key_store::error::KeyStoreError;
use crate::key_store::retry::retry;
use crate::key_store::stored_key::{State, StoredKey, active_keys};
use crate::settings::timeout::Timeout;
use crate::terminal::waiting::Waiting;
use crate::terminal::warnings::alert;
use api::sealing_key::RENEW;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Delay between two requests. The controller takes a second or more to make a key.
const INTERVAL: Duration = Duration::from_millis(500);

/// After this time, a message says what is waited for.
const LONG: Duration = Duration::from_secs(8);

/// Shown at a terminal while it waits.
const WAITING: &str = "waiting until the controller has made a new key";

/// Requests a new key, and returns it. If that takes long, `meanwhile` is printed.
pub(crate) fn make_fresh(
    store: &KeyStore,
    keys: &[StoredKey],
    timeout: Timeout,
    meanwhile: &str,
) -> Result<StoredKey, CommandError> {
    let requested = newest_in_either_order(keys);
    if requested.is_empty() {
        return Err(KeysError::NoActive.into());
    }
    for key in &requested {
        request_renewal(store, key)?;
    }
    let new = wait(store, keys, timeout, meanwhile)?;
    for key in requested {
        // The request is fulfilled. If the annotation stayed, it would count as a new request once the new key is
        // deleted.
        if let Err(error) = store.annotate(key, RENEW, None) {
            alert(format_args!("the request for renewal stays on Secret {}: {error}", key.name()));
        }
    }
    Ok(new)
}

/// Requests a newer key than this one.
pub(crate) fn request_renewal(store: &KeyStore, key: &StoredKey) -> Result<(), KeyStoreError> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    retry(|| store.annotate(key, RENEW, Some(&now)))
}

/// The newest key in each of the two orders that a controller may use, and of those that are not wrapped; all of them if several are equally new.
fn newest_in_either_order(keys: &[StoredKey]) -> Vec<&StoredKey> {
    let is_plain = |key: &&StoredKey| key.plain().is_some();
    let since = [newest(keys), newest_plain(keys)].map(|key| key.and_then(StoredKey::since));
    // Under --key-order-priority SecretCreationTimestamp.
    let created = [
        active_keys(keys).filter_map(StoredKey::since_by_creation).max(),
        active_keys(keys).filter(is_plain).filter_map(StoredKey::since_by_creation).max(),
    ];
    let is_newest =
        |key: &&StoredKey| since.contains(&key.since()) || created.contains(&key.since_by_creation());
    active_keys(keys).filter(is_newest).collect()
}

/// Waits for an active key that did not exist before. A failed request to the API server is repeated.
fn wait(
    store: &KeyStore,
    keys: &[StoredKey],
    timeout: Timeout,
    meanwhile: &str,
) -> Result<StoredKey, CommandError> {
    let known: BTreeSet<String> = keys.iter().map(StoredKey::name).collect();
    // A known key that is restored under another name is not new.
    let is_new = |key: &StoredKey| {
        key.state() == State::Active
            && !known.contains(&key.name())
            && !keys.iter().any(|there| there.is_same(key))
    };
    let start = Instant::now();
    let waiting = Waiting::show(WAITING, timeout.0);
    let mut is_announced = false;
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
        if !is_announced && start.elapsed() >= LONG {
            is_announced = true;
            waiting.beside(|| {
                alert(format_args!("there is no new key yet{}; {meanwhile}", limit_text(timeout)));
            });
        }
        waiting.update(WAITING, start.elapsed(), timeout.0);
        std::thread::sleep(INTERVAL);
    }
}

fn limit_text(timeout: Timeout) -> String {
    timeout
        .0
        .map_or_else(String::new, |longest| format!(", and it is waited for up to {} s", longest.as_secs()))
}
