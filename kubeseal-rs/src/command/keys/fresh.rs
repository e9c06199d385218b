//! `make_fresh`: asks the controller for a new key, and waits for it.

use super::KeysError;
use super::find::newest;
use crate::connection::Timeout;
use crate::failure::Failure;
use crate::key_store::{KeyStore, State, StoredKey};
use crate::notice::warn;
use api::sealing_key::RENEW;
use envelope::Certificate;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Between two looks. The controller takes a second or more to make a key.
const INTERVAL: Duration = Duration::from_millis(500);

/// Asks, and gives the new key.
pub(super) fn make_fresh(
    store: &KeyStore,
    keys: &[StoredKey],
    timeout: Timeout,
) -> Result<StoredKey, Failure> {
    let newest_by_certificate = newest(keys).ok_or(KeysError::NoActive)?;
    let active = || keys.iter().filter(|key| key.state() == State::Active);
    // Under --key-order-priority SecretCreationTimestamp it is this one.
    let newest_by_secret = active().max_by_key(|key| key.created());
    let other = newest_by_secret.filter(|key| key.name() != newest_by_certificate.name());
    let asked: Vec<&StoredKey> = [newest_by_certificate].into_iter().chain(other).collect();
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    for key in &asked {
        store.annotate(key, RENEW, Some(&now))?;
    }
    let new = wait(store, keys, newest_by_certificate, timeout)?;
    for key in asked {
        // Answered. Left there, it would count as asked again once the new key is gone.
        if let Err(error) = store.annotate(key, RENEW, None) {
            warn(format_args!("the request for renewal stays on Secret {}: {error}", key.name()));
        }
    }
    Ok(new)
}

/// Waits for an active key that was not there, and is no older.
fn wait(
    store: &KeyStore,
    keys: &[StoredKey],
    newest: &StoredKey,
    timeout: Timeout,
) -> Result<StoredKey, Failure> {
    let known: BTreeSet<String> = keys.iter().map(StoredKey::name).collect();
    let since = newest.certificate().map(Certificate::not_before);
    let start = Instant::now();
    loop {
        let is_new = |key: &StoredKey| {
            let from = key.certificate().map(Certificate::not_before);
            key.state() == State::Active && !known.contains(&key.name()) && from >= since
        };
        if let Some(key) = store.keys()?.into_iter().find(is_new) {
            return Ok(key);
        }
        if let Some(longest) = timeout.0
            && start.elapsed() >= longest
        {
            return Err(KeysError::NotRenewed(longest).into());
        }
        std::thread::sleep(INTERVAL);
    }
}
