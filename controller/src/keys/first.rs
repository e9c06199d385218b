//! `ensure_one`: a cluster without a sealing key gets its first.

use super::generate::{GenerateError, generate};
use super::shared_ring::SharedRing;
use super::store::{StoreError, store};
use crate::config::NewKeys;
use jiff::Timestamp;
use kube::Client;
use sealing::KeyRing;
use std::sync::Arc;

/// Why there is still no key.
#[derive(Debug, thiserror::Error)]
pub enum FirstKeyError {
    /// It could not be made.
    #[error("making the first sealing key failed")]
    Generate(#[from] GenerateError),
    /// It could not be kept.
    #[error("keeping the first sealing key failed")]
    Store(#[from] StoreError),
}

/// Makes a key if the loaded ring is empty.
pub async fn ensure_one(
    client: &Client,
    namespace: &str,
    settings: &NewKeys,
    ring: &SharedRing,
) -> Result<(), FirstKeyError> {
    ring.loaded().await;
    if !ring.snapshot().is_empty() {
        return Ok(());
    }
    tracing::info!(bits = settings.size.bits(), "no sealing key yet: making the first");
    let pair = generate(settings, Timestamp::now()).await?;
    let key = store(client, namespace, &settings.prefix, pair).await?;
    tracing::info!(secret = key.name(), fingerprint = %key.fingerprint(), "sealing key made and stored");
    // The watch brings it too; until then it already counts.
    if ring.snapshot().is_empty() {
        ring.replace(KeyRing::new([Arc::new(key)]));
    }
    Ok(())
}
