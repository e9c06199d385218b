//! A proxy between one controller and the API server that causes errors by rules: responses that refuse, responses that
//! never come, connections that are reset before or *after* the API server has carried out the request, watches that
//! end.
//!
//! Everything else passes unchanged, the caller's token included, so that the caller's permissions count. The
//! connection to the proxy is plain HTTP/1.1 on loopback: one request at a time on a connection, so that a fault breaks
//! one request only. `request` reads a request, `rule` says which requests are hit, `fault` what is done to them.

pub mod fault;
pub(crate) mod passage;
pub(crate) mod request;
pub mod rule;
pub(crate) mod shared;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context as _, Result};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{RwLock, watch};
use tokio::task::JoinSet;

use crate::accept::accept_each;
use crate::control_plane::ControlPlane;
use crate::network::fault_proxy::rule::{FaultRules, Rule};
use crate::network::fault_proxy::shared::{Reset, Shared, lock};

/// A running proxy. When this is dropped, it ends, with every connection through it.
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _serving: JoinSet<()>,
}

impl FaultProxy {
    /// Starts a proxy without rules. `seed` decides random choices.
    pub async fn start(control_plane: &ControlPlane, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port for the proxy")?;
        let shared = Arc::new(Shared {
            server: control_plane.anonymous_client().await?,
            rules: Mutex::new(FaultRules::seeded(seed)),
            cuts: watch::Sender::new(0),
            requests: AtomicU64::default(),
            done: Mutex::default(),
            uncounted: RwLock::default(),
        });
        let address = listener.local_addr()?;
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, _serving: serving })
    }

    /// The proxy's URL, which replaces the API server's.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Replaces all rules.
    pub fn set(&self, rules: impl IntoIterator<Item = Rule>) {
        lock(&self.shared.rules).set(rules);
    }

    /// Removes all rules.
    pub fn heal(&self) {
        self.set([]);
    }

    /// Ends every open watch, as a load balancer does.
    pub fn cut_watches(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Number of requests that were hit so far.
    pub fn hits(&self) -> u64 {
        lock(&self.shared.rules).hits()
    }

    /// Number of requests so far, also those that were hit; without watches.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// Numbers of requests that the API server has carried out, by verb and resource, as in `"create secrets"`; without watches and lists,
    /// which begin anew by themselves.
    pub async fn all_done(&self) -> BTreeMap<String, u64> {
        let is_request = |name: &str| !name.starts_with("watch ") && !name.starts_with("list ");
        let done = self.counted().await;
        done.iter().filter(|(name, _)| is_request(name)).map(|(name, count)| (name.clone(), *count)).collect()
    }

    /// Number of requests of this verb and resource that the API server has carried out, as in `("create", "secrets")`.
    pub async fn done(&self, verb: &str, resource: &str) -> u64 {
        self.counted().await.get(&format!("{verb} {resource}")).copied().unwrap_or_default()
    }

    /// The numbers of requests, when all are counted that the API server has carried out by now, but for those whose client did not wait for
    /// the response. The next requests wait meanwhile, as behind a slow network.
    async fn counted(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        let _all_are_counted = self.shared.uncounted.write().await;
        lock(&self.shared.done)
    }
}

impl fmt::Debug for FaultProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultProxy").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    accept_each(listener, |stream| connection(stream, Arc::clone(&shared))).await;
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let Ok(reset) = Reset::of(&stream).map(Arc::new) else { return };
    let service = service_fn(move |request| {
        let (shared, reset) = (Arc::clone(&shared), Arc::clone(&reset));
        async move { passage::pass(request, &shared, &reset).await }
    });
    // An error is how a connection is broken; only the client must see it.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
