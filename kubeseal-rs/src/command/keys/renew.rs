//! `keys renew`: a new key, now.

use super::fresh::make_fresh;
use crate::connection::Timeout;
use crate::failure::Failure;
use crate::key_store::KeyStore;
use crate::output::tell;

/// Told while it takes long.
const MEANWHILE: &str = "a controller that runs answers within seconds, but for RSA keys of 8192 bits";

pub(super) fn renew(store: &KeyStore, timeout: Timeout) -> Result<(), Failure> {
    let new = make_fresh(store, &store.keys()?, timeout, MEANWHILE)?;
    let fingerprint = new.fingerprint().map(|it| it.to_string()).unwrap_or_default();
    Ok(tell(&format!("{fingerprint}\n"))?)
}
