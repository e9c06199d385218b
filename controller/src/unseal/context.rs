//! [`Context`]: what every reconciliation may use.

use crate::config::Unseal;
use crate::events::queue::EventQueue;
use crate::keys::store::ring::SharedRing;
use crate::metrics::Metrics;
use crate::unseal::queue::cpu_permits::FairSemaphore;
use crate::unseal::queue::places::Places;
use crate::unseal::queue::render_rate::RenderRate;
use crate::unseal::state::likely_keys::LikelyKeys;
use crate::unseal::state::object_states::ObjectStates;
use crate::unseal::state::secret_writes::SecretWrites;
use api::{ObservedMetadata, SealedSecretStatus, WatchedSealedSecret};
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::runtime::reflector::Store;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Shared by all reconciliations of one watch, which is on one namespace or on all of them.
pub(crate) struct Context {
    pub client: Client,
    pub ring: Arc<SharedRing>,
    /// The controller's own namespace, which has the sealing keys.
    pub key_namespace: String,
    pub key_prefix: String,
    /// Metadata of all Secrets, as the watch shows them.
    pub secrets: Store<ObservedMetadata<Secret>>,
    /// What this process wrote or found right, and that watch has not shown.
    pub secret_writes: Arc<SecretWrites>,
    pub states: Arc<ObjectStates>,
    pub likely_keys: Arc<LikelyKeys>,
    pub metrics: Arc<Metrics>,
    /// What the flags say about SealedSecrets.
    pub settings: Unseal,
    pub events: EventQueue,
    /// The places of the SealedSecrets that are reconciled at the same time, of all watches.
    pub places: Arc<Places>,
    /// How often one SealedSecret may be rendered anew.
    pub render_rate: Arc<RenderRate>,
    /// One for each processor; opening takes one.
    pub cpu_permits: Arc<FairSemaphore>,
    /// One for each reconciliation that may hold large objects in memory.
    pub large_object_permits: Arc<FairSemaphore>,
    /// Ends the work: what has begun is finished, and the rest is left to the next leader.
    pub shutdown: CancellationToken,
}

impl Context {
    /// Shows the conditions of an object as metrics, unless the object is gone.
    pub(crate) fn observe_conditions(&self, sealed: &WatchedSealedSecret, status: &SealedSecretStatus) {
        self.states.while_known(sealed, || self.metrics.objects.observe_conditions(sealed, status));
    }

    /// Counts a failure, unless the object is gone.
    pub(crate) fn count_error(&self, sealed: &WatchedSealedSecret, reason: &'static str) {
        self.states.while_known(sealed, || self.metrics.objects.count_error(sealed, reason));
    }
}
