//! `lead`: one term as the leader: the first key, renewal, reconciliation, events. Each term starts all of it again, with a client
//! that writes nothing once the term is over.

use crate::config::key_wrapping::KeyWrapping;
use crate::events::queue::EventQueue;
use crate::keys::conversion::converter::Converter;
use crate::keys::conversion::plan::Forms;
use crate::keys::noted_findings::note_findings;
use crate::keys::renewal::renewer::Renewer;
use crate::keys::store::events::record_events;
use crate::leader_election::fence::Fence;
use crate::run::announce::term_begins;
use crate::run::replica::Replica;
use crate::unseal::context::Context;
use crate::unseal::controller;
use crate::unseal::controller::{Scope, SecretWatch};
use crate::unseal::queue::cpu_permits::FairSemaphore;
use crate::unseal::queue::places::Places;
use crate::unseal::queue::render_rate::RenderRate;
use crate::unseal::read::object_reader::{KEPT_LARGE_OBJECT_PERMITS, LARGE_OBJECT_PERMITS};
use crate::unseal::state::likely_keys::LikelyKeys;
use kube::Client;
use std::sync::Arc;
use std::time::Duration;

/// How long the waiting events may take at the end.
const EVENTS_GRACE: Duration = Duration::from_secs(2);

/// Leads until shutdown, and finishes the work that has begun. Dropped if the term is lost.
pub(crate) async fn lead(replica: &Replica, fence: Fence) {
    let Replica { cluster, state, shutdown, .. } = replica;
    let client = cluster.client_of_term(fence);
    let wraps = replica.config.keys.wrapping.as_ref().is_some_and(KeyWrapping::wraps);
    let wrapping = replica.wrapping.clone().filter(|_| wraps);
    let (ring, requests) = (&state.ring, &replica.renewal_requests);
    let renewer = Renewer::new(client.clone(), &cluster.namespace, ring, requests, wrapping);
    // A key that is being made at the end is found by its name, or made, at the next start.
    if shutdown.run_until_cancelled(renewer.ensure_first_key()).await.is_none() {
        return;
    }
    term_begins(replica);
    let (events, sending) = EventQueue::start(client.clone());
    // The leader records events about rejected keys; the API server takes each of them once.
    let looking_after_keys = async {
        let recording = record_events(&state.findings, events.clone());
        // Boxed, because the future of a whole term contains it.
        let converting = Box::pin(convert_keys(replica, &client, events.clone()));
        let noting = Box::pin(note_findings(&state.findings, &client, &cluster.namespace));
        let all = async { tokio::join!(renewer.renew(), recording, noting, converting) };
        shutdown.run_until_cancelled(all).await;
    };
    let reconciling = async {
        reconcile_everywhere(replica, &client, &events).await;
        shutdown.cancel();
    };
    tokio::join!(looking_after_keys, reconciling);
    drop(events);
    // Every sender is dropped: the waiting events are sent, and then the task ends.
    let _ = tokio::time::timeout(EVENTS_GRACE, sending).await;
}

/// Stores keys in another form, where there are providers.
async fn convert_keys(replica: &Replica, client: &Client, events: EventQueue) {
    let Replica { cluster, config, state, wrapping, .. } = replica;
    if let (Some(wrapping), Some(settings)) = (wrapping, &config.keys.wrapping) {
        let place = (client, cluster.namespace.as_str());
        let converter = Converter::new(place, &state.ring, wrapping, Forms::of(settings), events);
        converter.convert_keys().await;
    }
}

/// Unseals until shutdown.
async fn reconcile_everywhere(replica: &Replica, client: &Client, events: &EventQueue) {
    let Replica { cluster, config, state, shutdown, .. } = replica;
    let namespaces = config.watch.namespaces.watched(&cluster.namespace);
    state.readiness.expect(namespaces.len());
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cpu_permits = FairSemaphore::new(cpus, 0);
    let large_object_permits = FairSemaphore::new(LARGE_OBJECT_PERMITS, KEPT_LARGE_OBJECT_PERMITS);
    let places = Places::new();
    let render_rate = Arc::<RenderRate>::default();
    let likely_keys = Arc::<LikelyKeys>::default();
    let watches = namespaces.into_iter().map(|namespace| {
        let scope = Scope { namespace, label_selector: config.watch.label_selector.clone() };
        let secrets = SecretWatch::new(client, &scope);
        let context = Context {
            client: client.clone(),
            ring: Arc::clone(&state.ring),
            key_namespace: cluster.namespace.clone(),
            key_prefix: config.keys.new.prefix.clone(),
            secrets: secrets.store.clone(),
            secret_writes: Arc::clone(&secrets.writes),
            states: Arc::default(),
            likely_keys: Arc::clone(&likely_keys),
            metrics: Arc::clone(&state.metrics),
            settings: config.unseal.clone(),
            events: events.clone(),
            places: Arc::clone(&places),
            render_rate: Arc::clone(&render_rate),
            cpu_permits: Arc::clone(&cpu_permits),
            large_object_permits: Arc::clone(&large_object_permits),
            shutdown: shutdown.clone(),
        };
        let state = Arc::clone(state);
        let ready = move || {
            if state.readiness.one_listed() {
                tracing::info!("ready: SealedSecrets and Secrets are listed");
            }
        };
        controller::watch(Arc::new(context), scope, secrets, ready)
    });
    futures::future::join_all(watches).await;
}
