//! `run`: joins what every replica does (HTTP, following the keys, the election) with what the leader does (`term`), and
//! sees both out at the end.

mod announce;
mod error;
mod term;

pub use error::RunError;

use crate::cluster::Cluster;
use crate::config::{Config, LeaderElection};
use crate::http::{Served, listen, serve, serve_metrics};
use crate::keys::{self, Asking, KeyMetrics, Refusals, SharedRing};
use crate::leadership::{Elector, Part, lead_when_elected};
use crate::metrics::Metrics;
use crate::shutdown;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What is under way at the end is worth this long.
const WORK_GRACE: Duration = Duration::from_secs(15);

/// What every part works with.
struct Parts {
    cluster: Cluster,
    config: Config,
    /// What HTTP shows, and the work fills.
    served: Arc<Served>,
    /// Where it is served.
    address: SocketAddr,
    /// Renewal that was asked for in this process.
    asking: Arc<Asking>,
    /// Ends everything, in order.
    shutdown: CancellationToken,
}

/// Runs until SIGTERM or SIGINT, or until it cannot go on.
pub fn run(config: Config) -> Result<(), RunError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(RunError::Start)?;
    let ended = runtime.block_on(run_async(config));
    // Watches and the like may be waiting for the network; nothing of theirs is worth waiting for.
    runtime.shutdown_timeout(Duration::from_millis(100));
    ended
}

async fn run_async(config: Config) -> Result<(), RunError> {
    let shutdown = shutdown::on_signal().map_err(RunError::Start)?;
    // Listened to since before anybody could send it: unheard, it ends a process.
    let renewal_signal = signal(SignalKind::user_defined1()).map_err(RunError::Start)?;
    let cluster = Cluster::connect(config.watch.client_limit).await?;
    let listener = listen(&config.http.listen).await?;
    let metrics_listener = listen(&config.http.metrics_listen).await?;
    let address = listener.local_addr().map_err(RunError::Start)?;

    let ring = Arc::new(SharedRing::new(&config.keys));
    let refusals = Arc::<Refusals>::default();
    let counted = Metrics::default().with(Box::new(KeyMetrics::new(&ring, &refusals)));
    let served = Arc::new(Served::new(Arc::clone(&ring), Arc::clone(&refusals), counted));
    let (doors, timeouts) = (config.http.doors, config.http.timeouts);
    let metrics = serve_metrics(metrics_listener, Arc::clone(&served.metrics), timeouts, shutdown.clone());
    let http = serve(listener, Arc::clone(&served), doors, timeouts, shutdown.clone());
    let answering = tokio::spawn(async { tokio::try_join!(http, metrics).map(drop) });
    let place = || (cluster.client.clone(), cluster.namespace.clone());
    let (client, namespace) = place();
    let settings = config.keys.clone();
    let watching_keys =
        tokio::spawn(keys::watch(client, namespace, settings, Arc::clone(&ring), Arc::clone(&refusals)));
    for elsewhere in config.watch.namespaces.elsewhere(&cluster.namespace) {
        let (client, home) = place();
        tokio::spawn(keys::watch_elsewhere(client, home, elsewhere, Arc::clone(&refusals)));
    }
    let asking = Arc::<Asking>::default();
    let (client, namespace) = place();
    tokio::spawn(keys::listen_for_asking(renewal_signal, client, namespace, ring, Arc::clone(&asking)));
    let parts = Parts { cluster, config, served, address, asking, shutdown };

    // Whichever ends first takes the other with it, and neither is cut off: each finishes what it has in hand.
    let leading = async {
        lead(&parts).await;
        parts.shutdown.cancel();
    };
    let answering = async {
        let ended = answering.await;
        parts.shutdown.cancel();
        ended.map_err(io::Error::other).and_then(|ended| ended).map_err(RunError::Http)
    };
    tokio::select! {
        (answered, ()) = async { tokio::join!(answering, leading) } => answered?,
        _ = watching_keys => return Err(RunError::Keys),
        () = overdue(&parts.shutdown) => {
            tracing::warn!("work in hand did not finish in time; it is done again by the next leader, or at the next start");
            return Ok(());
        }
    }
    tracing::info!("stopped");
    Ok(())
}

/// Leads whenever this replica is elected.
async fn lead(parts: &Parts) {
    let elector = |terms| {
        let (client, namespace) = (parts.cluster.lease_client.clone(), &parts.cluster.namespace);
        Box::new(Elector::new(client, namespace, terms, Arc::clone(&parts.served.ring)))
    };
    let part = match parts.config.election.clone() {
        LeaderElection::Off => Part::Alone,
        LeaderElection::WherePermitted(terms) => Part::WherePermitted(elector(terms)),
        LeaderElection::Always(terms) => Part::Elected(elector(terms)),
    };
    let (readiness, metrics) = (Arc::clone(&parts.served.watching), Arc::clone(&parts.served.metrics));
    let term = async |fence| term::lead(parts, fence).await;
    lead_when_elected(part, readiness, metrics, &parts.shutdown, term).await;
}

/// Kubernetes kills a pod thirty seconds after SIGTERM; leaving in order ends before. A Lease whose last writes were not
/// answered is not released, but runs out.
async fn overdue(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(WORK_GRACE).await;
}
