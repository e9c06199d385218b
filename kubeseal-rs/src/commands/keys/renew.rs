//! `keys renew`: a new key, now.

use crate::certificate::replace_kept;
use crate::cluster::timeout::Timeout;
use crate::commands::keys::fresh::make_fresh;
use crate::error::Failure;
use crate::files::output::tell;
use crate::key_store::KeyStore;
use crate::settings::keys::KeyPlace;

/// Told while it takes long.
const MEANWHILE: &str = "a controller that runs answers within seconds, but for RSA keys of 8192 bits";

pub(crate) fn renew(place: &KeyPlace, timeout: Timeout) -> Result<(), Failure> {
    let store = KeyStore::connect(place)?;
    let new = make_fresh(&store, &store.keys()?, timeout, MEANWHILE)?;
    if let Some(certificate) = new.certificate() {
        replace_kept(&place.controller, certificate, store.is_verified());
    }
    let fingerprint = new.fingerprint().map(|it| it.to_string()).unwrap_or_default();
    Ok(tell(&format!("{fingerprint}\n"))?)
}
