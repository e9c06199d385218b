//! [`Context`]: what every reconciliation may use.

use crate::config::Unseal;
use crate::events::queue::EventQueue;
use crate::keys::store::ring::SharedRing;
use crate::metrics::Metrics;
use crate::unseal::decide::KeyPlace;
use crate::unseal::decide::render_rate::RenderRate;
use crate::unseal::queue::cpu_permits::FairPermits;
use crate::unseal::state::object_state::Ledger;
use api::{ObservedMetadata, SealedSecretStatus, WatchedSealedSecret};
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::runtime::reflector::Store;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Shared by all reconciliations in one namespace, or in all of them at once.
pub(crate) struct Context {
    /// The API server.
    pub client: Client,
    /// The sealing keys.
    pub ring: Arc<SharedRing>,
    /// Where the keys are kept.
    pub key_place: KeyPlace,
    /// Metadata of all Secrets, as the watch shows them.
    pub targets: Store<ObservedMetadata<Secret>>,
    /// What this process last left behind.
    pub ledger: Arc<Ledger>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is done with a SealedSecret.
    pub settings: Unseal,
    /// Where events go.
    pub events: EventQueue,
    /// How often sealed values are asked about.
    pub render_rate: Arc<RenderRate>,
    /// One for each core: opening takes one.
    pub cores: Arc<FairPermits>,
    /// One for each reconciliation that may have large objects in hand.
    pub large: Arc<FairPermits>,
    /// Ends the work: what is in hand is finished, and what has not begun is left to the next leader.
    pub shutdown: CancellationToken,
}

impl Context {
    /// Shows the state of an object, unless it is gone.
    pub(crate) fn show(&self, observed: &WatchedSealedSecret, status: &SealedSecretStatus) {
        self.ledger.while_known(observed, || self.metrics.observe_condition(observed, status));
    }

    /// Counts a failure, unless the object is gone.
    pub(crate) fn count_error(&self, observed: &WatchedSealedSecret, reason: &'static str) {
        self.ledger.while_known(observed, || self.metrics.count_error(observed, reason));
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("ring", &self.ring).finish_non_exhaustive()
    }
}
