//! A leader that is cut off from the API server, while everything else works.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::network::cuttable_link::CuttableLink;
use tests::network::namespace::NetworkNamespace;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::election::burst::versions;
use crate::replicas::{Replicas, TAKEOVER, get, leads, logs, metrics, remark, stop};
use crate::stage::{SHORT, Scene, Stage};

/// Number of SealedSecrets that are applied just before.
const BURST: usize = 40;

const LOST: &str = "this replica leads no more";
const LEADS: &str = "this replica leads\" me=";

/// Bytes no longer pass, and no side gets an error. All others still reach the leader.
pub(crate) async fn a_leader_that_is_cut_off_stops_before_the_next_begins(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let link = CuttableLink::to(scene.lab.control_plane.port()).await?;
            let mut old = scene.pod()?.through(&link.url()).start(&scene.lab).await?;
            old.wait_ready().await?;
            let cut = async || {
                link.cut();
                Ok(())
            };
            let mend = async || {
                link.mend();
                Ok(())
            };
            outlives_a_cut(scene, old, cut, mend, never_both).await
        })
        .await
}

/// The kernel drops its packets. No client reaches it.
pub(crate) async fn a_leader_in_a_network_that_goes_down_stops_before_the_next_begins(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let network = Arc::new(NetworkNamespace::new(&scene.lab).await?);
            let link = network.link_to(scene.lab.control_plane.port())?;
            let pod = scene.pod()?.in_network(&network).through(&link.url());
            let mut old = pod.start(&scene.lab).await?;
            old.wait_ready().await?;
            let unreached = async |old: &Pod, _: &Pod| {
                ensure!(metrics(old).await.is_err(), "it can be reached");
                Ok(())
            };
            outlives_a_cut(scene, old, async || network.down().await, async || network.up().await, unreached)
                .await
        })
        .await
}

/// They never lead at the same time, and the old one keeps serving HTTP.
pub(crate) async fn never_both(old: &Pod, standby: &Pod) -> Result<()> {
    // In this order: the replica that leads at the second check led at the first.
    let both = leads(standby).await? && leads(old).await?;
    ensure!(!both, "two replicas lead");
    ensure!(get(old, "/v1/cert.pem").await?.0 == 200, "it does not serve the certificate any more");
    Ok(())
}

/// Begins with `old` as the only leader; cuts it off in the middle of its work, and restores the link when another one
/// leads.
pub(crate) async fn outlives_a_cut(
    scene: &Scene,
    old: Pod,
    cut: impl AsyncFn() -> Result<()>,
    mend: impl AsyncFn() -> Result<()>,
    meanwhile: impl AsyncFn(&Pod, &Pod) -> Result<()>,
) -> Result<()> {
    ensure!(leads(&old).await?, "{}", old.logs()?);
    let mut standby = scene.start().await?;
    standby.wait_ready().await?;
    scene.seal_and_apply("db", "1").await?;
    scene.sees("db", "1").await?;
    let changed = scene.seal("db", "2").await?;
    let sealed = scene.seal_for_any_name("1").await?;

    // It has more work than it can finish before the cut: opened values and requests wait for the link.
    let burst = (0..BURST).map(|number| {
        let mut sealed = sealed.clone();
        sealed["metadata"]["name"] = json!(format!("s{number}"));
        async move { scene.person.apply(&sealed).await }
    });
    futures::future::try_join_all(burst).await?;
    let start = Instant::now();
    cut().await?;
    scene.person.apply(&changed).await?;
    while !leads(&standby).await? {
        ensure!(start.elapsed() < TAKEOVER, "no replica took over:\n{}", standby.logs()?);
        meanwhile(&old, &standby).await?;
    }
    let took = start.elapsed();
    scene.sees("db", "2").await?;
    for number in 0..BURST {
        scene.sees(&format!("s{number}"), "1").await?;
    }
    let done = versions(scene).await?;
    // Both log by the same clock.
    let (stopped, began) = (said_at(&old, LOST)?, said_at(&standby, LEADS)?);
    ensure!(stopped < began, "one stopped at {stopped}, the next began at {began}");
    remark(&format!("cut off, the leader stopped at {stopped}; the next began at {began}, after {took:.1?}"));

    mend().await?;
    logs(&old, "standing by", 1).await?;
    eventually(TAKEOVER, "the old leader is a standby like any other", async || {
        ensure!(!leads(&old).await? && leads(&standby).await?);
        ensure!(!metrics(&old).await?.contains("condition_info{"));
        ensure!(get(&old, "/readyz").await?.0 == 200);
        Ok(())
    })
    .await?;
    // Longer than a request under way could take.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = versions(scene).await?;
    let changed: Vec<_> = done.iter().filter(|object| !after.contains(object)).collect();
    ensure!(
        changed.is_empty() && after.len() == done.len(),
        "the old leader wrote: {changed:?}\n{}",
        old.logs()?
    );
    scene.seal_and_apply("last", "3").await?;
    scene.sees("last", "3").await?;
    ensure!(!old.logs()?.contains(" name=last"), "{}", old.logs()?);
    // It leads again when its turn comes.
    stop(standby).await?;
    let mut replicas = Replicas(vec![old]);
    let old = replicas.take_leader().await?;
    scene.seal_and_apply("later", "4").await?;
    scene.sees("later", "4").await?;
    stop(old).await
}

/// The time of the first log line with this text.
fn said_at(pod: &Pod, text: &str) -> Result<String> {
    let log = pod.logs()?;
    let line = log.lines().find(|line| line.contains(text));
    let time = line.and_then(|line| line.split(' ').next());
    Ok(time.with_context(|| format!("it never said `{text}`:\n{log}"))?.to_owned())
}
