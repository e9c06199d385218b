//! `run`: starts what every replica does (HTTP, the watch of the keys, the election) and what the leader does, and ends both in
//! order. A new task of every replica starts here, one of the leader in `leader`.

pub(crate) mod announce;
pub(crate) mod error;
pub(crate) mod exit;
pub(crate) mod leader;
pub(crate) mod replica;

use crate::client::cluster::Cluster;
use crate::config::Config;
use crate::config::election::LeaderElection;
use crate::http::authorization::authorizer::Authorizer;
use crate::http::metrics::serve_metrics;
use crate::http::router::serve;
use crate::http::server::bind::listen;
use crate::http::state::HttpState;
use crate::keys::metrics::KeyMetrics;
use crate::keys::renewal::signal::handle_signal;
use crate::keys::renewal_request::LocalRequests;
use crate::keys::store::findings::KeyFindings;
use crate::keys::store::foreign_namespaces::watch_foreign_namespace;
use crate::keys::store::ring::SharedRing;
use crate::keys::store::watch::watch_keys;
use crate::keys::unwrapping::metrics::ProviderMetrics;
use crate::keys::unwrapping::providers::connect;
use crate::keys::unwrapping::unwrapper::unwrap_keys;
use crate::keys::unwrapping::watch_providers::watch_providers;
use crate::leader_election::elector::Elector;
use crate::leader_election::lead::{Role, lead_when_elected};
use crate::metrics::Metrics;
use crate::process::shutdown::Shutdown;
use crate::run::error::RunError;
use crate::run::replica::Replica;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long the work that has begun, and the release of the Lease, may take at the end. This or the shutdown delay,
/// whichever is longer, together with [`ANSWERS_GRACE`], must stay well below the time after which Kubernetes kills the
/// process: thirty seconds, or the chart's `terminationGracePeriodSeconds`, which is longer where the delay is.
const WORK_GRACE: Duration = Duration::from_secs(15);

/// How long the responses under way may take once the ports are closed.
const ANSWERS_GRACE: Duration = Duration::from_secs(5);

/// Runs until SIGTERM or SIGINT, or until it cannot go on.
///
/// The end has an order: first `/readyz` fails, then the work in hand is finished and the Lease released, so that another replica
/// leads; and the ports are closed last, not before the shutdown delay is over.
///
/// Decided: the ports last, and after a delay even where there was no work, because requests still come when SIGTERM does.
/// Kubernetes takes a pod out of its Services at the same time, and each node and proxy learns that a moment later. Instead of
/// closing them first, which refuses connections in each rolling update; and instead of a `preStop` that sleeps, during which
/// this replica would go on leading, and which a process outside of a pod does not have.
pub(crate) fn run(config: Config) -> Result<(), RunError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(RunError::Start)?;
    let ended = runtime.block_on(run_async(config));
    // Watches and other requests may be waiting for the network; none of them has to finish.
    runtime.shutdown_timeout(Duration::from_millis(100));
    ended
}

async fn run_async(config: Config) -> Result<(), RunError> {
    let Shutdown { begun: shutdown, delay_over } =
        Shutdown::on_signal(config.http.shutdown_delay).map_err(RunError::Start)?;
    // SIGUSR1 ends a process that does not handle it, so it is handled from the start.
    let renewal_signal = signal(SignalKind::user_defined1()).map_err(RunError::Start)?;
    let cluster = Cluster::connect(config.watch.client_limit).await?;
    let listener = listen(&config.http.listen).await?;
    let metrics_listener = listen(&config.http.metrics_listen).await?;
    let address = listener.local_addr().map_err(RunError::Start)?;
    let metrics_address = metrics_listener.local_addr().map_err(RunError::Start)?;

    let ring = Arc::new(SharedRing::new(config.keys.clone()));
    let findings = Arc::<KeyFindings>::default();
    let wrapping = match &config.keys.wrapping {
        Some(wrapping) => Some(Arc::new(connect(wrapping, &cluster)?)),
        None => None,
    };
    let mut metrics =
        Metrics::new(config.http.metrics_name_objects).with(Box::new(KeyMetrics::new(&ring, &findings)));
    if let Some(wrapping) = &wrapping {
        metrics = metrics.with(Box::new(ProviderMetrics(Arc::clone(wrapping))));
    }
    let state = Arc::new(HttpState {
        ring: Arc::clone(&ring),
        findings: Arc::clone(&findings),
        metrics: Arc::new(metrics),
        readiness: Arc::default(),
        ending: shutdown.clone(),
    });
    let timeouts = config.http.timeouts;
    let close = CancellationToken::new();
    let metrics = serve_metrics(metrics_listener, Arc::clone(&state), timeouts, close.clone());
    let authorizer = Arc::new(Authorizer::new(cluster.client.clone()));
    let endpoints = config.http.private_key;
    let http = serve(listener, Arc::clone(&state), endpoints, authorizer, timeouts, close.clone());
    let answering = tokio::spawn(async { tokio::try_join!(http, metrics).map(drop) });
    tracing::info!(addr = %address, "HTTP server serving");
    tracing::info!(addr = %metrics_address, "HTTP metrics server serving");
    let client_and_namespace = || (cluster.client.clone(), cluster.namespace.clone());
    let (client, namespace) = client_and_namespace();
    let watching_keys = tokio::spawn(watch_keys(client, namespace, Arc::clone(&ring), Arc::clone(&findings)));
    for foreign in config.watch.namespaces.elsewhere(&cluster.namespace) {
        let (client, own_namespace) = client_and_namespace();
        tokio::spawn(watch_foreign_namespace(client, own_namespace, foreign, Arc::clone(&findings)));
    }
    let unwrapping_keys = {
        let (wrapping, ring, findings) = (wrapping.clone(), Arc::clone(&ring), Arc::clone(&findings));
        tokio::spawn(async move {
            let Some(wrapping) = wrapping else { return std::future::pending().await };
            let unwrapping = unwrap_keys(&wrapping.providers, &ring, &findings);
            tokio::join!(unwrapping, watch_providers(&wrapping, &ring, &findings));
        })
    };
    let renewal_requests = Arc::<LocalRequests>::default();
    let (client, namespace) = client_and_namespace();
    tokio::spawn(handle_signal(renewal_signal, client, namespace, ring, Arc::clone(&renewal_requests)));
    let replica = Replica { cluster, config, state, address, renewal_requests, wrapping, shutdown };

    tokio::select! {
        ended = work_then_close(&replica, &delay_over, &close, answering) => ended?,
        _ = watching_keys => return Err(RunError::Keys),
        _ = unwrapping_keys => return Err(RunError::Keys),
    }
    tracing::info!("stopped");
    Ok(())
}

/// Works until shutdown, and closes the ports when the work is finished and clients have had their time to leave. If
/// the HTTP server ends by itself, so does the work, in order.
async fn work_then_close(
    replica: &Replica,
    delay_over: &CancellationToken,
    close: &CancellationToken,
    answering: JoinHandle<io::Result<()>>,
) -> Result<(), RunError> {
    let working = async {
        tokio::select! {
            () = lead(replica) => {}
            () = overdue(&replica.shutdown) => tracing::warn!(
                "work in hand did not finish in time; it is done again by the next leader, or at the next start"
            ),
        }
        if !delay_over.is_cancelled() {
            tracing::info!("the work is done; serving requests until the shutdown delay is over");
        }
        delay_over.cancelled().await;
        close.cancel();
    };
    let answering = async {
        let too_long = async {
            close.cancelled().await;
            tokio::time::sleep(ANSWERS_GRACE).await;
        };
        let ended = tokio::select! {
            ended = answering => ended.map_err(io::Error::other).and_then(|ended| ended),
            () = too_long => {
                tracing::info!("connections that were still open are cut off");
                Ok(())
            }
        };
        replica.shutdown.cancel();
        ended.map_err(RunError::Http)
    };
    let (answered, ()) = tokio::join!(answering, working);
    answered
}

/// Leads whenever this replica is elected.
async fn lead(replica: &Replica) {
    let elector = |terms, is_required| {
        let (client, namespace) = (replica.cluster.lease_client.clone(), &replica.cluster.namespace);
        // The first act of a leader is to make a sealing key.
        Some(Elector::new(client, namespace, terms, is_required, replica.state.ring.changes()))
    };
    let elector = match replica.config.election.clone() {
        LeaderElection::Off => None,
        LeaderElection::WherePermitted(terms) => elector(terms, false),
        LeaderElection::Always(terms) => elector(terms, true),
    };
    let on_role = |role| {
        let HttpState { readiness, metrics, .. } = &*replica.state;
        match role {
            Role::Leader => readiness.lead(),
            Role::Standby => {
                readiness.stand_by();
                // These metrics about SealedSecrets would be outdated soon.
                metrics.objects.forget_all();
            }
        }
        metrics.leads(role == Role::Leader);
    };
    let term = async |fence| leader::lead(replica, fence).await;
    lead_when_elected(elector, on_role, &replica.shutdown, term).await;
}

/// Waits until the work has had its time. A Lease whose last writes were not answered is not released, but expires.
async fn overdue(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(WORK_GRACE).await;
}

#[cfg(test)]
mod tests;
