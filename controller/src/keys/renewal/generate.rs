//! `generate`: makes a new sealing key, in memory.

use crate::config::keys::NewKeys;
use envelope::{IssueError, KeyPair, KeyPairError, PrivateKey, PrivateKeyError, issue};
use jiff::Timestamp;
use rand::rngs::SysRng;

/// Why no key could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GenerateError {
    /// No private key.
    #[error("making an RSA key failed")]
    PrivateKey(#[from] PrivateKeyError),
    /// No certificate.
    #[error("making its certificate failed")]
    Certificate(#[from] IssueError),
    /// The halves do not match.
    #[error("the new key and its certificate do not match")]
    KeyPair(#[from] KeyPairError),
    /// The task was cut off.
    #[error("making a key was cut off")]
    Cancelled,
}

/// Makes a key pair valid from `now` on. Takes up to a few seconds of one core, off the async workers.
pub(crate) async fn generate(settings: &NewKeys, now: Timestamp) -> Result<KeyPair, GenerateError> {
    let (size, ttl, common_name) = (settings.size, settings.ttl, settings.common_name.clone());
    tokio::task::spawn_blocking(move || {
        let private = PrivateKey::generate(size)?;
        let certificate = issue(&mut SysRng, &private, &common_name, now, ttl)?;
        Ok(KeyPair::new(private, certificate)?)
    })
    .await
    .map_err(|_| GenerateError::Cancelled)?
}
