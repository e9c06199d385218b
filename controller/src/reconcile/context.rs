//! [`Context`]: what every reconciliation may use.

use super::decide::KeyPlace;
use super::event_queue::EventQueue;
use super::ledger::Ledger;
use crate::keys::SharedRing;
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::Store;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Shared by all reconciliations.
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
    pub(crate) ledger: Arc<Ledger>,
    /// Where events go.
    pub events: EventQueue,
    /// One permit per core.
    pub(crate) cores: Semaphore,
}

impl Context {
    /// Joins the parts.
    pub fn new(
        client: Client,
        ring: Arc<SharedRing>,
        key_place: KeyPlace,
        targets: Store<PartialObjectMeta<Secret>>,
        events: EventQueue,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            client,
            ring,
            key_place,
            targets,
            ledger: Arc::default(),
            events,
            cores: Semaphore::new(cores),
        }
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("ring", &self.ring).finish_non_exhaustive()
    }
}
