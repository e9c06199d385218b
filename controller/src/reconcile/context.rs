//! [`Context`]: what every reconciliation may use.

use super::decide::KeyPlace;
use super::event_queue::EventQueue;
use super::ledger::Ledger;
use crate::config::Unseal;
use crate::keys::SharedRing;
use crate::metrics::Metrics;
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::Store;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Shared by all reconciliations in one namespace, or in all of them at once.
pub struct Context {
    /// The API server.
    pub client: Client,
    /// The sealing keys.
    pub ring: Arc<SharedRing>,
    /// Where the keys are kept.
    pub key_place: KeyPlace,
    /// Metadata of all Secrets, as the watch shows them.
    pub targets: Store<PartialObjectMeta<Secret>>,
    /// What this process last left behind.
    pub ledger: Arc<Ledger>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is done with a SealedSecret.
    pub settings: Unseal,
    /// Where events go.
    pub events: EventQueue,
    /// One permit per core.
    pub cores: Arc<Semaphore>,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("ring", &self.ring).finish_non_exhaustive()
    }
}
