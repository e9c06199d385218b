//! `make_fresh`: requests a new key from the controller, and waits for it. `new_key` says which Secret holds it.

pub(crate) mod new_key;

use crate::commands::keys::error::KeysError;
use crate::commands::keys::find::{newest, newest_plain};
use crate::commands::keys::kubectl_command::events_command;
use crate::commands::keys::renewal::new_key::{NewKeys, Search, Unconfirmed};
use crate::controller::Controller;
use crate::error::CommandError;
use crate::key_store::KeyStore;
use crate::key_store::error::KeyStoreError;
use crate::key_store::retry::retry;
use crate::key_store::stored_key::{StoredKey, active_keys};
use crate::settings::timeout::Timeout;
use crate::terminal::waiting::Waiting;
use crate::terminal::warnings::alert;
use api::sealing_key::RENEW;
use envelope::Certificate;
use jiff::Timestamp;
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
    let requested = to_annotate(store, keys);
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

/// The keys that get the request. Where keys are wrapped, the one that the controller serves too: the newest may be none that it opens, and then it does not
/// look at the request there.
fn to_annotate<'a>(store: &KeyStore, keys: &'a [StoredKey]) -> Vec<&'a StoredKey> {
    let mut requested = newest_in_either_order(keys);
    if requested.iter().any(|key| key.wrapped().is_some())
        && let Some(served) = Controller::find(store.address()).and_then(|it| it.certificate()).ok()
        && let Ok(served) = Certificate::from_pem(&served)
        && let Some(key) = active_keys(keys).find(|key| key.fingerprint() == Some(served.fingerprint()))
        && !requested.iter().any(|other| other.is_same(key))
    {
        requested.push(key);
    }
    requested
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

/// Waits for the controller's new key. A failed request to the API server is repeated.
fn wait(
    store: &KeyStore,
    keys: &[StoredKey],
    timeout: Timeout,
    meanwhile: &str,
) -> Result<StoredKey, CommandError> {
    let new = NewKeys::since(keys, store.address());
    let start = Instant::now();
    let waiting = Waiting::show(WAITING, timeout.0);
    let mut is_announced = false;
    loop {
        let failure = match store.keys().map(|found| new.search(found)) {
            Ok(Search::Found(key)) => return Ok(*key),
            Ok(Search::Nothing) => Failure::NoKey(None),
            Ok(Search::Unconfirmed(unconfirmed)) => Failure::Unconfirmed(unconfirmed),
            Err(error) if error.may_pass() => Failure::NoKey(Some(Box::new(error))),
            Err(error) => return Err(error.into()),
        };
        if let Some(longest) = timeout.0
            && start.elapsed() >= longest
        {
            return Err(match failure {
                Failure::NoKey(source) => KeysError::NotRenewed { waited: longest, source },
                Failure::Unconfirmed(Unconfirmed { key, secret, source }) => {
                    let events = events_command(store.address(), &secret);
                    KeysError::NotConfirmed { waited: longest, key, secret, events, source }
                }
            }
            .into());
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

/// Why there is no new key yet.
enum Failure {
    /// No Secret appeared; the error of the last request.
    NoKey(Option<Box<KeyStoreError>>),
    Unconfirmed(Unconfirmed),
}

fn limit_text(timeout: Timeout) -> String {
    timeout
        .0
        .map_or_else(String::new, |longest| format!(", and it is waited for up to {} s", longest.as_secs()))
}
