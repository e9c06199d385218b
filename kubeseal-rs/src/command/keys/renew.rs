//! `keys renew`: a new key, now.

use super::fresh::make_fresh;
use crate::certificate::replace_kept;
use crate::connection::Timeout;
use crate::failure::Failure;
use crate::key_store::KeyStore;
use crate::mode::KeyPlace;
use crate::output::tell;

/// Told while it takes long.
const MEANWHILE: &str = "a controller that runs answers within seconds, but for RSA keys of 8192 bits";

pub(super) fn renew(place: &KeyPlace, timeout: Timeout) -> Result<(), Failure> {
    let store = KeyStore::connect(place)?;
    let new = make_fresh(&store, &store.keys()?, timeout, MEANWHILE)?;
    if let Some(certificate) = new.certificate() {
        replace_kept(&place.controller, certificate, store.is_verified());
    }
    let fingerprint = new.fingerprint().map(|it| it.to_string()).unwrap_or_default();
    Ok(tell(&format!("{fingerprint}\n"))?)
}
