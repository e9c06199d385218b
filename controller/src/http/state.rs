//! [`HttpState`] and [`PrivateKeyState`]: what the handlers read.

use crate::http::limits::KeyUseLimit;
use crate::keys::store::findings::KeyFindings;
use crate::keys::store::ring::SharedRing;
use crate::metrics::Metrics;
use crate::process::readiness::Readiness;
use sealing::Accepted;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What all handlers read.
#[derive(Debug)]
pub(crate) struct HttpState {
    pub ring: Arc<SharedRing>,
    /// Secrets that are labelled as sealing keys and are rejected.
    pub findings: Arc<KeyFindings>,
    pub metrics: Arc<Metrics>,
    /// Whether this replica leads, and whether the first lists of SealedSecrets and Secrets are complete.
    pub readiness: Arc<Readiness>,
    /// Cancelled at SIGTERM: the process still answers each connection once more, but is no longer ready.
    pub ending: CancellationToken,
}

/// What a handler that uses a private key reads. Each endpoint has its own limit.
pub(crate) struct PrivateKeyState {
    pub(crate) ring: Arc<SharedRing>,
    pub(crate) limit: KeyUseLimit,
    pub(crate) accepted: Accepted,
}
