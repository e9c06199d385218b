//! Three replicas on a node: who leads when a leader goes, and whether the Service answers all the time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use kube::ResourceExt;
use tests::eventually::eventually;

use crate::load::Load;
use crate::release::Release;
use crate::stage::Stage;

const THREE: [&str; 6] = [
    "--set",
    "replicaCount=3",
    "--set",
    "pdb.create=true,networkPolicy.enabled=true,networkPolicy.egress.enabled=true",
    "--set",
    "logLevel=DEBUG",
];

/// A leader that is deleted hands over within a second or two; one that is killed, or deleted without a grace period, within the Lease's 15 seconds.
pub(crate) async fn the_leader_is_deleted_and_killed(stage: Arc<Stage>) -> Result<()> {
    Release::with(&stage, async |release| {
        release.install(&THREE).await?;
        let keys = release.keys().await?;
        for (round, (grace, longest)) in
            [("30", Duration::from_secs(5)), ("0", Duration::from_secs(25))].into_iter().enumerate()
        {
            let leader = release.leader().await?;
            let flags = ["--wait=false", "--force", "--grace-period", grace];
            let flags = if grace == "0" { &flags[..] } else { &flags[..1] };
            let args = [&["delete", "pod", &leader, "--namespace", &release.namespace], flags].concat();
            stage.kubectl(&args).await?;
            let took = release.unseals(&format!("round-{round}")).await?;
            ensure!(took < longest, "unsealed {took:?} after the leader was deleted with {grace} s");
            ensure!(release.leader().await? != leader, "a pod that is gone still leads");
            release.rolled_out().await?;
        }
        // The container of the leader dies, and the kubelet starts it anew in the same pod.
        let leader = release.leader().await?;
        let pods = release.pods().await?;
        let pod = pods.iter().find(|pod| pod.name_any() == leader);
        let status = crate::release::container_status(pod.ok_or_else(|| anyhow::anyhow!("no {leader}"))?)?;
        stage.node.kill_container(status["containerID"].as_str().unwrap_or_default()).await?;
        let took = release.unseals("killed").await?;
        ensure!(took < Duration::from_secs(25), "unsealed {took:?} after the leader was killed");
        release.rolled_out().await?;
        ensure!(release.keys().await? == keys, "{keys:?}, then {:?}", release.keys().await?);
        Ok(())
    })
    .await
}

/// `kubectl rollout restart` under a stream of requests, with one replica and with three: no request fails.
pub(crate) async fn a_rolling_restart_refuses_no_request(stage: Arc<Stage>) -> Result<()> {
    Release::with(&stage, async |release| {
        release.install(&[]).await?;
        restart_under_load(release, 1).await?;
        release.upgrade(&THREE).await?;
        restart_under_load(release, 3).await
    })
    .await
}

async fn restart_under_load(release: &Release<'_>, replicas: usize) -> Result<()> {
    let before: Vec<_> = release.pods().await?.iter().map(ResourceExt::name_any).collect();
    let load = Load::start(release).await?;
    let args = ["rollout", "restart", "deployment/sealed-secrets-controller", "--namespace"];
    release.stage.kubectl(&[args.as_slice(), &[release.namespace.as_str()]].concat()).await?;
    release.rolled_out().await?;
    // `rollout status` does not wait for the end of the last of the old pods, which may still be asked.
    eventually(Duration::from_mins(1), "the old pods are gone", async || {
        let all = ["get", "pods", "--output=name", "--namespace"];
        let all = release.stage.kubectl(&[all.as_slice(), &[release.namespace.as_str()]].concat()).await?;
        ensure!(!before.iter().any(|name| all.contains(name.as_str())), "{all}");
        Ok(())
    })
    .await?;
    load.end().await?;
    release.unseals(&format!("restarted-{replicas}")).await?;
    Ok(())
}

/// `kubectl drain` takes two of three and leaves one, as the `PodDisruptionBudget` says, though all are on the one node.
pub(crate) async fn a_drain_leaves_one(stage: Arc<Stage>) -> Result<()> {
    Release::with(&stage, async |release| {
        release.install(&THREE).await?;
        let load = Load::start(release).await?;
        let node = tests::node::NAME;
        let drained = stage
            .kubectl(&["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=8s"])
            .await;
        let ready = release.pods().await?;
        let uncordoned = stage.kubectl(&["uncordon", node]).await;
        ensure!(drained.is_err(), "it evicted all: {drained:?}");
        uncordoned?;
        let ready = ready
            .iter()
            .filter(|pod| crate::release::container_status(pod).is_ok_and(|status| status["ready"] == true));
        ensure!(ready.count() >= 1, "no pod is left that is ready");
        release.rolled_out().await?;
        load.end().await?;
        release.unseals("drained").await?;
        Ok(())
    })
    .await
}
