//! The first installation, as a user does it, and the uninstallation.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use serde_json::Value;
use tests::lab::Maker;
use tests::workspace;

use crate::release::{Release, container_status};
use crate::stage::Stage;

/// How long the kubelet may take to see that a container is ready, after its start. On a first installation the
/// controller waits for one renewal of the Lease (2.5 s) and makes a key, which takes up to a second or two.
const READY: Duration = Duration::from_secs(9);

/// `helm install --wait` under Pod Security `restricted` (not root, no group of root's, nothing writable), probes, the
/// certificate through the API server, unsealing; and what an uninstallation leaves.
pub(crate) async fn under_restricted_pod_security(stage: Arc<Stage>) -> Result<()> {
    Release::with(&stage, async |release| {
        release.install(&[]).await?;
        let pods = release.pods().await?;
        let [pod] = pods.as_slice() else { anyhow::bail!("{} pods", pods.len()) };
        let status = container_status(pod)?;
        ensure!(status["ready"] == true, "helm did not wait: {status}");
        ensure!(status["restartCount"] == 0, "it was restarted: {status}");
        let (started, ready) = (running_since(&status)?, ready_since(pod)?);
        let took = Duration::try_from(ready.duration_since(started))?;
        ensure!(took <= READY, "the kubelet saw it ready {took:?} after its start");

        let process = stage.node.process_status(status["containerID"].as_str().unwrap_or_default()).await?;
        for of in ["Uid", "Gid", "Groups"] {
            let line = process.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(':'));
            let ids: Vec<_> = line.context("the kernel gave no ids")?.split_whitespace().collect();
            ensure!(ids.iter().all(|id| *id == "1001"), "{of} of the process: {ids:?}");
        }

        let ours = release.certificate(Maker::Ours).await?;
        let upstreams = release.certificate(Maker::Upstream).await?;
        ensure!(ours == upstreams, "the two kubeseals fetched different certificates");
        release.unseals("first").await?;
        let keys = release.keys().await?;
        ensure!(keys.len() == 1, "{keys:?}");

        release.uninstall().await?;
        ensure!(release.pods().await?.is_empty(), "pods are left");
        ensure!(release.keys().await? == keys, "the key is gone, or another");
        release.person()?.sees_values("default", "first", &[("value", b"first")]).await?;
        release.person()?.get_sealed("default", "first").await?;

        // With an existing key, and a released Lease, the controller waits for nothing.
        release.install(&[]).await?;
        ensure!(release.keys().await? == keys, "the second installation made a key");
        ensure!(release.certificate(Maker::Ours).await? == ours, "another certificate");
        release.unseals("second").await?;
        Ok(())
    })
    .await
}

/// Built in another folder, or by another user, the image is the same: its program names no folder of this machine.
pub(crate) async fn the_image_names_no_folder_of_the_machine_that_built_it(stage: Arc<Stage>) -> Result<()> {
    let program = std::fs::read(stage.controller.path())?;
    let program = String::from_utf8_lossy(&program);
    ensure!(program.contains("/cargo/registry/"), "it names no source file, so that this shows nothing");
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    for folder in
        [Some(workspace::root().to_owned()), Some(workspace::target_dir()), cargo].into_iter().flatten()
    {
        let folder = folder.display().to_string();
        ensure!(!program.contains(&folder), "it names {folder}");
    }
    Ok(())
}

fn running_since(status: &Value) -> Result<Timestamp> {
    let started = status["state"]["running"]["startedAt"].as_str().context("it does not run")?;
    Ok(started.parse()?)
}

fn ready_since(pod: &Pod) -> Result<Timestamp> {
    let conditions = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let ready = conditions.into_iter().find(|condition| condition.type_ == "Ready");
    let since = ready.and_then(|ready| ready.last_transition_time.as_ref()).context("no condition Ready")?;
    Ok(since.0)
}
