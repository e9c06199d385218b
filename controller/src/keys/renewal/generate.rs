//! `generate`: makes a new sealing key, in memory.

use crate::config::keys::NewKeys;
use envelope::{IssueError, KeyPair, KeyPairError, PrivateKey, PrivateKeyError, issue};
use jiff::Timestamp;
use rand::rngs::SysRng;

#[derive(Debug, thiserror::Error)]
pub(crate) enum GenerateError {
    #[error("generating an RSA key failed")]
    PrivateKey(#[from] PrivateKeyError),
    #[error("issuing its certificate failed")]
    Certificate(#[from] IssueError),
    #[error("the new key and its certificate do not match")]
    KeyPair(#[from] KeyPairError),
    #[error("generating a key was interrupted")]
    Cancelled,
}

/// Makes a key pair that is valid from `now`. Takes up to a few seconds of one CPU, on a blocking thread.
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
