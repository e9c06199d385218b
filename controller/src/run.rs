//! `run`: joins keys, reconciliation and HTTP, and sees them out at the end.

use crate::cluster::{Cluster, ClusterError};
use crate::config::{Config, Namespaces};
use crate::http::{ListenError, Served, listen, serve, serve_metrics};
use crate::keys::{self, NewKeyError, SharedRing};
use crate::reconcile::{self, Context, EventQueue, KeyPlace, Scope, Watches};
use crate::shutdown;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
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
    FirstKey(#[from] NewKeyError),
    /// The task that follows or renews the keys ended.
    #[error("the sealing keys are not looked after any more")]
    Keys,
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
            Self::Listen(_) => {
                "is another process using the port? Choose one with --listen-addr or --listen-metrics-addr"
            }
            Self::FirstKey(_) => {
                "the ServiceAccount needs `create`, `list` and `watch` on Secrets in its own namespace; \
                 the chart's Role gives them"
            }
            Self::Keys | Self::Http(_) => "restart the controller",
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
    let renewal_asked = signal(SignalKind::user_defined1()).map_err(RunError::Start)?;
    let cluster = Cluster::connect(config.watch.client_limit).await?;
    let listener = listen(&config.http.listen).await?;
    let metrics_listener = listen(&config.http.metrics_listen).await?;
    let address = listener.local_addr().map_err(RunError::Start)?;

    let served = Arc::<Served>::default();
    let ring = Arc::clone(&served.ring);
    let metrics = serve_metrics(metrics_listener, Arc::clone(&served.metrics), shutdown.clone());
    let http = serve(listener, Arc::clone(&served), config.http.doors, shutdown.clone());
    let answering = tokio::spawn(async { tokio::try_join!(http, metrics).map(drop) });
    let keys = || (cluster.client.clone(), cluster.namespace.clone(), config.keys.clone(), Arc::clone(&ring));
    let (client, namespace, settings, watched) = keys();
    let watching_keys = tokio::spawn(keys::watch(client, namespace, settings, watched));
    tokio::select! {
        first = keys::ensure_one(&cluster.client, &cluster.namespace, &config.keys.new, &ring) => first?,
        () = shutdown.cancelled() => return Ok(()),
    }
    let (client, namespace, settings, renewed) = keys();
    let renewing = tokio::spawn(keys::renew(client, namespace, settings, renewed, renewal_asked));
    announce(&cluster, &config, &ring, address);

    let (events, sending) = EventQueue::start(cluster.client.clone());
    // Whichever ends first takes the other with it, and neither is cut off: each finishes what it has in hand.
    let reconciling = async {
        reconcile_everywhere(&cluster, &config, &served, events, &shutdown).await;
        shutdown.cancel();
    };
    let answering = async {
        let ended = answering.await;
        shutdown.cancel();
        ended.map_err(io::Error::other).and_then(|ended| ended).map_err(RunError::Http)
    };
    tokio::select! {
        (answered, ()) = async { tokio::join!(answering, reconciling) } => answered?,
        _ = watching_keys => return Err(RunError::Keys),
        _ = renewing => return Err(RunError::Keys),
        () = overdue(&shutdown) => {
            tracing::warn!("work in hand did not finish in time; it is done again at the next start");
            return Ok(());
        }
    }
    // Every sender is gone with the contexts: what waits is sent, and then the task ends.
    let _ = tokio::time::timeout(EVENTS_GRACE, sending).await;
    tracing::info!("stopped");
    Ok(())
}

/// One watch for all namespaces, or one for each: Kubernetes knows nothing in between.
async fn reconcile_everywhere(
    cluster: &Cluster,
    config: &Config,
    served: &Arc<Served>,
    events: EventQueue,
    shutdown: &CancellationToken,
) {
    let namespaces: Vec<Option<String>> = match &config.watch.namespaces {
        Namespaces::All => vec![None],
        Namespaces::OwnAnd(others) => others
            .iter()
            .chain([&cluster.namespace])
            .collect::<BTreeSet<_>>()
            .into_iter()
            .cloned()
            .map(Some)
            .collect(),
    };
    served.watching.expect(namespaces.len());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cores = Arc::new(Semaphore::new(cores));
    let watches = namespaces.into_iter().map(|namespace| {
        let scope = Scope { namespace, label_selector: config.watch.label_selector.clone() };
        let secrets = Watches::new(&cluster.client, &scope);
        let context = Context {
            client: cluster.client.clone(),
            ring: Arc::clone(&served.ring),
            key_place: KeyPlace {
                namespace: cluster.namespace.clone(),
                prefix: config.keys.new.prefix.clone(),
            },
            targets: secrets.targets.clone(),
            ledger: Arc::default(),
            metrics: Arc::clone(&served.metrics),
            settings: config.unseal,
            events: events.clone(),
            cores: Arc::clone(&cores),
        };
        let served = Arc::clone(served);
        let ready = move || {
            if served.watching.one_listed() {
                tracing::info!("ready: SealedSecrets and Secrets are listed");
            }
        };
        reconcile::watch(Arc::new(context), scope, secrets, ready, shutdown.clone())
    });
    futures::future::join_all(watches).await;
}

/// Kubernetes kills a pod thirty seconds after SIGTERM; leaving in order ends before.
async fn overdue(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(WORK_GRACE).await;
}

/// The one line that says what is being done, where, and with which keys.
fn announce(cluster: &Cluster, config: &Config, ring: &SharedRing, address: std::net::SocketAddr) {
    let namespaces = match &config.watch.namespaces {
        Namespaces::All => "all".to_owned(),
        Namespaces::OwnAnd(others) => {
            [&cluster.namespace].into_iter().chain(others).map(String::as_str).collect::<Vec<_>>().join(",")
        }
    };
    let ring = ring.snapshot();
    let fingerprints: Vec<String> = ring.iter().map(|key| key.fingerprint().short()).collect();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        server = cluster.server,
        keys_in = cluster.namespace,
        keys = fingerprints.join(","),
        listening = %address,
        namespaces,
        "unsealing SealedSecrets"
    );
}
