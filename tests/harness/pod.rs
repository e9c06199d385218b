//! A controller's pod, with the harness as the kubelet: the Pod object from a Deployment's template, its status, and
//! the process, with the arguments, environment and service account of the Deployment. So the chart's RBAC, flags,
//! ports and probes are tested.
//!
//! Differences from a container: the process listens on loopback (`--listen-addr` is replaced, and
//! [`pod_network`](crate::control_plane::pod_network) connects the pod's port to it), it shares the machine's files,
//! and its image is the program that was built here.

pub mod builder;
pub(crate) mod container;
pub(crate) mod in_cluster;
pub(crate) mod object;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use kube::Client;

use crate::control_plane::pod_network::PodAddress;
use crate::network::http_client::http_client;
use crate::pod::object::PodObject;
use crate::process::Process;
use crate::process::log_tail::log_tail;
use crate::process::log_tail::read_log;
use crate::test::eventually::eventually;

/// How long a controller may take until it is ready; it may have to make its first key.
const READY: Duration = Duration::from_mins(1);
/// A kubelet's default.
const GRACE: Duration = Duration::from_secs(30);

/// A running controller. When this is dropped, its process is killed and its object deleted; [`stop`](Self::stop) ends
/// it normally.
pub struct Pod {
    process: Process,
    object: PodObject,
    /// Its drop frees the address.
    _address: PodAddress,
    log: PathBuf,
    /// Its port `http`, on 127.0.0.1.
    port: u16,
    /// Its metrics port, on 127.0.0.1.
    metrics_port: u16,
    ready_path: String,
    client: Client,
}

impl Pod {
    /// Waits until its readiness probe passes, then marks the Pod ready and waits until its Services select it. Fails
    /// at once, with the end of its log, if the process ends.
    pub async fn wait_ready(&mut self) -> Result<()> {
        let url = format!("{}{}", self.url(), self.ready_path);
        let http = http_client().build().context("cannot make an HTTP client")?;
        let start = std::time::Instant::now();
        loop {
            let answer = http.get(&url).timeout(Duration::from_secs(5)).send().await;
            if answer.as_ref().is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            let tail = || log_tail(&self.log, 20);
            if let Some(status) = self.process.exited()? {
                bail!("{} ended with {status} before it was ready; its log:\n{}", self.name(), tail());
            }
            if start.elapsed() > READY {
                let answer =
                    answer.map_or_else(|error| error.to_string(), |answer| answer.status().to_string());
                bail!("{} was not ready after {READY:?}: {answer}; its log:\n{}", self.name(), tail());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.object.mark_ready(&self.client).await?;
        eventually(READY, "the Services lead to the pod", async || self.object.reachable(&self.client).await)
            .await
    }

    /// The Pod's name.
    pub fn name(&self) -> &str {
        &self.object.name
    }

    /// The URL of its port `http`, without the API server.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The URL of its metrics.
    pub fn metrics_url(&self) -> String {
        format!("http://127.0.0.1:{}/metrics", self.metrics_port)
    }

    /// Its log: standard output and standard error together.
    pub fn logs(&self) -> Result<String> {
        read_log(&self.log)
    }

    /// Path of the log. The file stays until the control plane stops.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// The process id, until it has ended.
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    /// The exit status of the process, if it has ended.
    pub fn exited(&mut self) -> Result<Option<ExitStatus>> {
        self.process.exited()
    }

    /// As `kubectl delete pod`: SIGTERM, SIGKILL after 30 s, then the Pod object is deleted. Returns the exit status.
    pub async fn stop(mut self) -> Result<ExitStatus> {
        // Endpoints first, as in a cluster: no client is sent to a terminating pod.
        self.object.mark_terminating(&self.client).await?;
        let status = self.process.stop(GRACE).await?;
        self.object.delete().await?;
        Ok(status)
    }

    /// As a crash: SIGKILL, then the Pod object is deleted.
    pub async fn kill(mut self) -> Result<()> {
        self.process.kill().await?;
        self.object.delete().await
    }
}

impl fmt::Debug for Pod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pod")
            .field("process", &self.process)
            .field("object", &self.object)
            .finish_non_exhaustive()
    }
}
