//! `make`, a new sealing key; and `ensure_one`: a cluster without any gets its first.

use super::generate::{GenerateError, generate};
use super::shared_ring::SharedRing;
use super::store::{StoreError, store};
use crate::config::NewKeys;
use jiff::Timestamp;
use kube::Client;

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub enum NewKeyError {
    /// It could not be made.
    #[error("making a sealing key failed")]
    Generate(#[from] GenerateError),
    /// It could not be kept.
    #[error("keeping the new sealing key failed")]
    Store(#[from] StoreError),
}

/// Makes a key if the loaded ring is empty.
pub async fn ensure_one(
    client: &Client,
    namespace: &str,
    settings: &NewKeys,
    ring: &SharedRing,
) -> Result<(), NewKeyError> {
    ring.loaded().await;
    if !ring.snapshot().is_empty() {
        return Ok(());
    }
    tracing::info!(bits = settings.size.bits(), "no sealing key yet: making the first");
    make(client, namespace, settings, ring).await
}

/// Makes a key, stores it, and lets it count.
pub(super) async fn make(
    client: &Client,
    namespace: &str,
    settings: &NewKeys,
    ring: &SharedRing,
) -> Result<(), NewKeyError> {
    let pair = generate(settings, Timestamp::now()).await?;
    let key = store(client, namespace, settings, pair).await?;
    tracing::info!(secret = key.name(), fingerprint = %key.fingerprint(), "sealing key made and stored");
    // The watch brings it too; until then it already counts.
    ring.add(key);
    Ok(())
}
