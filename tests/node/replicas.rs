//! Three replicas on a node: which one leads when the leader ends, and whether the Service answers all the time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use kube::ResourceExt;
use tests::node::addresses::NAME;
use tests::test::eventually::eventually;

use crate::load::Load;
use crate::release::{Release, container_status};
use crate::stage::Stage;

/// How long a SealedSecret may wait if the leader releases its Lease.
const HANDED_OVER: Duration = Duration::from_secs(8);
/// How long a SealedSecret may wait if the Lease expires, after 15 seconds.
const RUN_OUT: Duration = Duration::from_secs(30);

const THREE: [&str; 6] = [
    "--set",
    "replicaCount=3",
    "--set",
    "pdb.create=true,networkPolicy.enabled=true,networkPolicy.egress.enabled=true",
    "--set",
    "logLevel=DEBUG",
];

/// A deleted leader hands over at once, with a grace period and without one: the kubelet sends it SIGTERM in both
/// cases. A stopped leader, as on a node that hangs, is followed when its Lease has expired. A killed leader is
/// restarted by the kubelet, and leads.
pub(crate) async fn the_leader_is_deleted_stopped_and_killed(stage: Arc<Stage>) -> Result<()> {
    Release::with(&stage, async |release| {
        release.install(&THREE).await?;
        let keys = release.keys().await?;
        let now: [&[&str]; 2] = [&[], &["--force", "--grace-period=0"]];
        for (round, flags) in now.into_iter().enumerate() {
            let leader = release.leader().await?;
            let sealed = release.seal(&format!("deleted-{round}")).await?;
            let start = Instant::now();
            let fixed = ["delete", "pod", &leader, "--wait=false", "--namespace", &release.namespace];
            stage.kubectl(&[fixed.as_slice(), flags].concat()).await?;
            release.unseal(&sealed).await?;
            let took = start.elapsed();
            ensure!(took < HANDED_OVER, "unsealed {took:?} after the leader was deleted ({flags:?})");
            // It may have unsealed it itself: the kubelet sends the signal some time after the deletion.
            release.is_followed(&leader, HANDED_OVER.saturating_sub(took)).await?;
            release.rolled_out().await?;
            release.unseals(&format!("followed-{round}")).await?;
        }

        let leader = release.leader().await?;
        let container = container_of(release, &leader).await?;
        // Sealed before: until the kubelet has seen it, the Service also routes to the replica that does not answer.
        let sealed = release.seal("stopped").await?;
        let start = Instant::now();
        stage.node.signal_container(&container, "SIGSTOP").await?;
        release.unseal(&sealed).await?;
        let took = start.elapsed();
        ensure!(took < RUN_OUT, "unsealed {took:?} after the leader was stopped");
        let next = release.leader().await?;
        ensure!(next != leader, "a process that is stopped still leads");
        // The old leader continues, and must not write: another one leads.
        stage.node.signal_container(&container, "SIGCONT").await?;
        release.rolled_out().await?;
        release.unseals("continued").await?;
        ensure!(release.leader().await? == next, "the one that was stopped took the Lease back");

        let (container, sealed) = (container_of(release, &next).await?, release.seal("killed").await?);
        let start = Instant::now();
        stage.node.signal_container(&container, "SIGKILL").await?;
        release.unseal(&sealed).await?;
        let took = start.elapsed();
        ensure!(took < RUN_OUT, "unsealed {took:?} after the leader was killed");
        release.rolled_out().await?;
        ensure!(release.keys().await? == keys, "{keys:?}, then {:?}", release.keys().await?);
        Ok(())
    })
    .await
}

async fn container_of(release: &Release<'_>, pod: &str) -> Result<String> {
    let pods = release.pods().await?;
    let pod = pods.iter().find(|it| it.name_any() == pod).with_context(|| format!("no pod {pod}"))?;
    let status = container_status(pod)?;
    Ok(status["containerID"].as_str().context("its container has no id")?.to_owned())
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
    // `rollout status` does not wait until the last old pod has ended, which may still get requests.
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

/// `kubectl drain` evicts two of three and leaves one, as the `PodDisruptionBudget` says, though all are on the one node.
pub(crate) async fn a_drain_leaves_one(stage: Arc<Stage>) -> Result<()> {
    Release::with(&stage, async |release| {
        release.install(&THREE).await?;
        let before: Vec<_> = release.pods().await?.iter().map(ResourceExt::name_any).collect();
        let load = Load::start(release).await?;
        let args = ["drain", NAME, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=8s"];
        let drained = stage.kubectl(&args).await;
        let left = release.pods().await?;
        stage.kubectl(&["uncordon", NAME]).await?;
        let said = drained.err().context("it evicted all")?.to_string();
        ensure!(said.contains("disruption budget"), "{said}");
        let mut left = left.iter().filter(|pod| before.contains(&pod.name_any()));
        let (one, another) = (left.next().context("none is left")?, left.next());
        ensure!(another.is_none(), "more than one is left");
        ensure!(container_status(one)?["ready"] == true, "the one that is left is not ready");
        release.rolled_out().await?;
        load.end().await?;
        release.unseals("drained").await?;
        Ok(())
    })
    .await
}
