//! `lead`: one term as the leader. The first key, renewal, reconciliation, events; all of it anew each time, and all of it
//! with a client that writes nothing once the term is over.

use crate::events::queue::EventQueue;
use crate::keys::renewal::renewer::Renewer;
use crate::keys::store::events;
use crate::leader_election::fence::Fence;
use crate::run::Parts;
use crate::run::announce::announce;
use crate::unseal::context::Context;
use crate::unseal::controller;
use crate::unseal::controller::{Scope, Watches};
use crate::unseal::decide::KeyPlace;
use crate::unseal::decide::render_rate::RenderRate;
use crate::unseal::queue::cpu_permits::FairPermits;
use crate::unseal::queue::large_objects::LARGE_AT_ONCE;
use kube::Client;
use std::sync::Arc;
use std::time::Duration;

/// Events still waiting at the end are worth this long.
const EVENTS_GRACE: Duration = Duration::from_secs(2);

/// Leads until shutdown, and finishes what is in hand. Dropped where the term is lost.
pub(crate) async fn lead(parts: &Parts, fence: Fence) {
    let Parts { cluster, config, served, shutdown, .. } = parts;
    let client = fence.guard(&cluster.client);
    let renewer = Renewer {
        namespace: &cluster.namespace,
        settings: &config.keys,
        ring: &served.ring,
        asking: &parts.asking,
    };
    // A key that is half made at the end is found by its name, or made, at the next start.
    if shutdown.run_until_cancelled(renewer.ensure_one(&client)).await.is_none() {
        return;
    }
    announce(parts);
    let (events, sending) = EventQueue::start(client.clone());
    // Events are the leader's to tell, and what of them was told before is turned away by the API server.
    let looking_after_keys = async {
        let telling = events::tell(&served.refusals, events.clone());
        let both = async { tokio::join!(renewer.renew(&client), telling) };
        shutdown.run_until_cancelled(both).await;
    };
    let reconciling = async {
        reconcile_everywhere(parts, &client, &events).await;
        shutdown.cancel();
    };
    tokio::join!(looking_after_keys, reconciling);
    drop(events);
    // Every sender is gone: what waits is sent, and then the task ends.
    let _ = tokio::time::timeout(EVENTS_GRACE, sending).await;
}

/// Unseals until shutdown.
async fn reconcile_everywhere(parts: &Parts, client: &Client, events: &EventQueue) {
    let Parts { cluster, config, served, shutdown, .. } = parts;
    let namespaces = config.watch.namespaces.watched(&cluster.namespace);
    served.watching.expect(namespaces.len());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cores = FairPermits::new(cores);
    let large = FairPermits::new(LARGE_AT_ONCE);
    let render_rate = Arc::<RenderRate>::default();
    let watches = namespaces.into_iter().map(|namespace| {
        let scope = Scope { namespace, label_selector: config.watch.label_selector.clone() };
        let secrets = Watches::new(client, &scope);
        let context = Context {
            client: client.clone(),
            ring: Arc::clone(&served.ring),
            key_place: KeyPlace {
                namespace: cluster.namespace.clone(),
                prefix: config.keys.new.prefix.clone(),
            },
            targets: secrets.targets.clone(),
            ledger: Arc::default(),
            metrics: Arc::clone(&served.metrics),
            settings: config.unseal.clone(),
            events: events.clone(),
            render_rate: Arc::clone(&render_rate),
            cores: Arc::clone(&cores),
            large: Arc::clone(&large),
            shutdown: shutdown.clone(),
        };
        let served = Arc::clone(served);
        let ready = move || {
            if served.watching.one_listed() {
                tracing::info!("ready: SealedSecrets and Secrets are listed");
            }
        };
        controller::watch(Arc::new(context), scope, secrets, ready)
    });
    futures::future::join_all(watches).await;
}
