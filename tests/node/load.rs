//! A stream of requests for the certificate, each counted: through the Service's address with a new connection each
//! time, with kept-alive connections, and through the API server as kubeseal does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use kube::Client;
use tests::chart::CONTROLLER_NAME;
use tests::network::http_client::http_client;
use tests::test::eventually::eventually;
use tokio::task::JoinSet;

use crate::release::Release;

/// How long each client waits between two requests.
const PAUSE: Duration = Duration::from_millis(15);
/// A response that takes longer counts as none. A request that hangs does so for ever; a busy machine stops everything
/// for some seconds.
const LONGEST: Duration = Duration::from_secs(30);
/// Number of failures that are printed.
const SHOWN: usize = 12;

/// Clients that send requests until they are stopped.
pub(crate) struct Load {
    end: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    clients: JoinSet<Vec<String>>,
    start: Instant,
}

/// One route to the certificate.
#[derive(Clone)]
enum Way {
    /// Through a Service's address.
    Service { http: reqwest::Client, url: String },
    /// Through the API server's proxy.
    ApiServer { client: Client, path: String },
}

impl Load {
    /// Two clients for each way.
    pub(crate) async fn start(release: &Release<'_>) -> Result<Self> {
        let port = release.stage.node.open(release.service().await?).await?;
        let url = format!("http://127.0.0.1:{port}/v1/cert.pem");
        let client = || http_client().timeout(LONGEST);
        let (new, keep_alive) = (client().pool_max_idle_per_host(0).build()?, client().build()?);
        let path = format!(
            "/api/v1/namespaces/{}/services/http:{CONTROLLER_NAME}:http/proxy/v1/cert.pem",
            release.namespace
        );
        let ways = [
            ("a new connection", Way::Service { http: new, url: url.clone() }),
            ("a kept connection", Way::Service { http: keep_alive, url }),
            ("the API server", Way::ApiServer { client: release.stage.client(), path }),
        ];
        for (name, way) in &ways {
            // The node learns of a Service's pods a moment after they are ready.
            eventually(LONGEST, &format!("{name} leads to the controller"), async || way.certificate().await)
                .await?;
        }
        let (end, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let mut clients = JoinSet::new();
        let start = Instant::now();
        for (name, way) in ways.into_iter().flat_map(|way| [way.clone(), way]) {
            clients.spawn(get(name, way, start, Arc::clone(&end), Arc::clone(&answered)));
        }
        Ok(Self { end, answered, clients, start })
    }

    /// Stops the clients. An error if a request failed, or if there were too few.
    pub(crate) async fn end(mut self) -> Result<()> {
        self.end.store(true, Ordering::Relaxed);
        let mut failed = Vec::new();
        while let Some(client) = self.clients.join_next().await {
            failed.extend(client.context("a client panicked")?);
        }
        let answered = self.answered.load(Ordering::Relaxed);
        ensure!(
            failed.is_empty(),
            "{} of {} requests failed:\n  {}",
            failed.len(),
            answered + failed.len(),
            failed[..failed.len().min(SHOWN)].join("\n  ")
        );
        ensure!(answered > 100, "only {answered} requests in {:?}", self.start.elapsed());
        Ok(())
    }
}

async fn get(
    name: &str,
    way: Way,
    start: Instant,
    end: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
) -> Vec<String> {
    let mut failed = Vec::new();
    while !end.load(Ordering::Relaxed) {
        let at = start.elapsed();
        match way.certificate().await {
            Ok(()) => _ = answered.fetch_add(1, Ordering::Relaxed),
            Err(error) => failed.push(format!("{name}, after {at:.1?}: {error:#}")),
        }
        tokio::time::sleep(PAUSE).await;
    }
    failed
}

impl Way {
    async fn certificate(&self) -> Result<()> {
        let text = match self {
            Self::Service { http, url } => http.get(url).send().await?.error_for_status()?.text().await?,
            Self::ApiServer { client, path } => {
                let request = http::Request::get(path).body(Vec::new())?;
                tokio::time::timeout(LONGEST, client.request_text(request)).await??
            }
        };
        ensure!(text.starts_with("-----BEGIN CERTIFICATE-----"), "not a certificate");
        Ok(())
    }
}
