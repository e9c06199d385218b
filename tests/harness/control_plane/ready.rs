//! Waiting until a control plane is ready, and the error if it does not become so.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use k8s_openapi::api::core::v1::{ConfigMap, ServiceAccount};
use kube::{Api, Client};

use crate::control_plane::port::Taken;
use crate::failure::Failure;
use crate::process::Process;
use crate::process::log_tail::log_tail;
use crate::process::log_tail::read_log;

/// Five seconds on an idle machine; longer while something compiles.
const LONGEST: Duration = Duration::from_mins(2);
const INTERVAL: Duration = Duration::from_millis(100);

/// Waits until the API server is ready, then starts the controllers, and waits until they have created what every
/// namespace needs.
pub(crate) async fn with_controllers(
    client: &Client,
    mut servers: [Process; 2],
    start: impl FnOnce() -> Result<Process>,
) -> Result<[Process; 3]> {
    wait_for_api_server(client, &mut servers).await?;
    let [api_server, etcd] = servers;
    let mut processes = [start()?, api_server, etcd];
    wait(client, &mut processes).await?;
    Ok(processes)
}

/// Waits until the API server is ready. kube-controller-manager must be started after that: it waits ten seconds only.
pub(crate) async fn wait_for_api_server(client: &Client, processes: &mut [Process]) -> Result<()> {
    wait_for(processes, async || api_server(client).await).await
}

/// Waits until the API server is ready and the controllers have created what every namespace needs.
pub(crate) async fn wait(client: &Client, processes: &mut [Process]) -> Result<()> {
    wait_for(processes, async || {
        api_server(client).await?;
        namespaces(client).await
    })
    .await
}

async fn wait_for(processes: &mut [Process], check: impl AsyncFn() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    loop {
        let Err(error) = check().await else { return Ok(()) };
        for process in &mut *processes {
            if let Some(status) = process.exited()? {
                return Err(ended(process, &status.to_string()));
            }
        }
        if start.elapsed() > LONGEST {
            return Err(error.context(too_slow(processes)));
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn api_server(client: &Client) -> Result<()> {
    client.request_text(http::Request::get("/readyz").body(Vec::new())?).await?;
    Ok(())
}

async fn namespaces(client: &Client) -> Result<()> {
    for namespace in ["default", "kube-system"] {
        Api::<ServiceAccount>::namespaced(client.clone(), namespace).get("default").await?;
        Api::<ConfigMap>::namespaced(client.clone(), namespace).get("kube-root-ca.crt").await?;
    }
    Ok(())
}

fn ended(process: &Process, status: &str) -> anyhow::Error {
    let text = read_log(process.log()).unwrap_or_default();
    if text.contains("address already in use") {
        return Taken { program: process.name().to_owned() }.into();
    }
    let what = format!(
        "{} ended with {status}; the end of its log:\n{}",
        process.name(),
        log_tail(process.log(), 15)
    );
    match hint(&text) {
        Some(hint) => Failure::new(what, hint).into(),
        None => anyhow!(what),
    }
}

fn hint(log: &str) -> Option<&'static str> {
    if log.contains("no space left on device") {
        return Some("the disk is full: free some space, or set TMPDIR to a folder elsewhere");
    }
    if log.contains("unknown flag") {
        return Some(
            "this version has other flags: unset KUBEBUILDER_ASSETS to use the version the project pins",
        );
    }
    None
}

fn too_slow(processes: &[Process]) -> Failure {
    let logs: Vec<_> =
        processes.iter().map(|p| format!("  {}:\n{}", p.name(), log_tail(p.log(), 6))).collect();
    Failure::new(
        format!(
            "the control plane was not ready after {} s; the ends of its logs:\n{}",
            LONGEST.as_secs(),
            logs.concat()
        ),
        "if the machine is busy with something else, run this again when it is not",
    )
}
