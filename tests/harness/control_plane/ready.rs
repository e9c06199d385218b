//! Waiting until a control plane is ready, and the error if it does not become so.

use std::time::{Duration, Instant};

use anyhow::Result;
use k8s_openapi::api::core::v1::{ConfigMap, ServiceAccount};
use kube::{Api, Client};

use crate::control_plane::ended;
use crate::failure::Failure;
use crate::process::Process;
use crate::process::log_tail::log_tail;

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
        ended::check(processes)?;
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
