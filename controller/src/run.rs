//! `run`: joins keys, reconciliation and HTTP, and sees them out at the end.

use crate::cluster::{Cluster, ClusterError};
use crate::config::Config;
use crate::http::{ListenError, Served, listen, serve};
use crate::keys::{self, FirstKeyError, SharedRing};
use crate::reconcile::{self, Context, EventQueue, KeyPlace, Watches};
use crate::shutdown;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Why the controller stopped other than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The async runtime or the signal handlers.
    #[error("starting up failed")]
    Start(#[source] io::Error),
    /// No cluster.
    #[error("connecting to the cluster failed")]
    Cluster(#[from] ClusterError),
    /// No port.
    #[error("opening the port failed")]
    Listen(#[from] ListenError),
    /// No key.
    #[error("there is no sealing key, and none can be made")]
    FirstKey(#[from] FirstKeyError),
    /// The HTTP server ended.
    #[error("the HTTP server failed")]
    Http(#[source] io::Error),
}

impl RunError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Start(_) => "is the process allowed to start threads and handle signals?",
            Self::Cluster(_) => "in a cluster, give the pod a ServiceAccount; elsewhere, set KUBECONFIG",
            Self::Listen(_) => "is another process using the port? Choose one with --listen-addr",
            Self::FirstKey(_) => {
                "the ServiceAccount needs `create`, `list` and `watch` on Secrets in its own namespace; \
                 the chart's Role gives them"
            }
            Self::Http(_) => "restart the controller",
        }
    }
}

/// What is under way at the end is worth this long.
const WORK_GRACE: Duration = Duration::from_secs(15);

/// Events still waiting at the end are worth this long.
const EVENTS_GRACE: Duration = Duration::from_secs(2);

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
    let cluster = Cluster::connect().await?;
    let listener = listen(&config.listen).await?;
    let address = listener.local_addr().map_err(RunError::Start)?;

    let ring = Arc::<SharedRing>::default();
    let watching = Arc::<AtomicBool>::default();
    let served = Arc::new(Served { ring: Arc::clone(&ring), watching: Arc::clone(&watching) });
    let mut http = tokio::spawn(serve(listener, served, config.doors, shutdown.clone()));
    tokio::spawn(keys::watch(
        cluster.client.clone(),
        cluster.namespace.clone(),
        config.new_keys.prefix.clone(),
        Arc::clone(&ring),
    ));
    tokio::select! {
        first = keys::ensure_one(&cluster.client, &cluster.namespace, &config.new_keys, &ring) => first?,
        () = shutdown.cancelled() => return Ok(()),
    }
    announce(&cluster, &ring, address);

    let (events, sending) = EventQueue::start(cluster.client.clone());
    let key_place = KeyPlace { namespace: cluster.namespace, prefix: config.new_keys.prefix };
    let secrets = Watches::new(&cluster.client);
    let context =
        Arc::new(Context::new(cluster.client.clone(), ring, key_place, secrets.targets.clone(), events));
    let ready = move || {
        watching.store(true, Ordering::Relaxed);
        tracing::info!("ready: SealedSecrets and Secrets are listed");
    };
    let reconciling = reconcile::watch(context, secrets, ready, shutdown.clone());
    let served = tokio::select! {
        () = reconciling => { shutdown.cancel(); http.await }
        served = &mut http => served,
        () = overdue(&shutdown) => {
            tracing::warn!("work in hand did not finish in time; it is done again at the next start");
            return Ok(());
        }
    };
    served.map_err(io::Error::other).and_then(|served| served).map_err(RunError::Http)?;
    // Every sender is gone with the context: what waits is sent, and then the task ends.
    let _ = tokio::time::timeout(EVENTS_GRACE, sending).await;
    tracing::info!("stopped");
    Ok(())
}

/// Kubernetes kills a pod thirty seconds after SIGTERM; leaving in order ends before.
async fn overdue(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(WORK_GRACE).await;
}

/// The one line that says what is being done, where, and with which keys.
fn announce(cluster: &Cluster, ring: &SharedRing, address: std::net::SocketAddr) {
    let ring = ring.snapshot();
    let fingerprints: Vec<String> = ring.iter().map(|key| key.fingerprint().short()).collect();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        server = cluster.server,
        keys_in = cluster.namespace,
        keys = fingerprints.join(","),
        listening = %address,
        "unsealing SealedSecrets in all namespaces"
    );
}
