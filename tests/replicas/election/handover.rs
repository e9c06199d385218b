//! The leader ends, and another replica takes over.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rustix::process::Signal;

use crate::election::lease::holder;
use crate::replicas::{Replicas, TAKEOVER, ends, get, leads, logs, remark, signal, stop};
use crate::stage::{DEFAULT, Stage};

/// With the default terms: not before the old leader would have stopped by itself, and soon after the lease has
/// expired.
pub(crate) async fn a_killed_leader_is_followed_within_the_lease(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(DEFAULT, async |scene| {
            let mut replicas = Replicas::three(scene).await?;
            let leader = replicas.take_leader().await?;
            scene.seal_and_apply("before", "1").await?;
            scene.sees("before", "1").await?;
            let start = Instant::now();
            leader.kill().await?;
            scene.seal_and_apply("after", "2").await?;
            let took = replicas.followed(start).await?;
            scene.sees("after", "2").await?;
            remark(&format!("after kill -9 another replica led in {took:.1?}"));
            ensure!(took > Duration::from_secs(10), "{took:?}: before the old one had to stop");
            ensure!(took < Duration::from_secs(25), "{took:?}: long after the lease was over");
            ensure!(scene.keys().await?.len() == 1);
            replicas.stop().await
        })
        .await
}

pub(crate) async fn a_leader_that_gets_sigterm_is_replaced_at_once(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(DEFAULT, async |scene| {
            let mut replicas = Replicas::three(scene).await?;
            scene.seal_and_apply("before", "1").await?;
            scene.sees("before", "1").await?;
            let mut quickest = TAKEOVER;
            for _ in 0..2 {
                let leader = replicas.take_leader().await?;
                let (start, log) = (Instant::now(), leader.log_file().to_owned());
                signal(&leader, Signal::TERM)?;
                let took = replicas.followed(start).await?;
                remark(&format!("after SIGTERM another replica led in {took:.1?}"));
                ensure!(took < Duration::from_secs(5), "{took:?}");
                quickest = quickest.min(took);
                let name = format!("after-{}", replicas.0.len());
                scene.seal_and_apply(&name, "2").await?;
                scene.sees(&name, "2").await?;
                stop(leader).await?;
                let log = std::fs::read_to_string(log)?;
                let order = ["this replica leads", "finishing the work in hand", "lease released", "stopped"];
                let positions = order.map(|text| log.find(text));
                ensure!(positions.is_sorted() && positions[0].is_some(), "{positions:?}\n{log}");
            }
            // A standby checks every 1.2 s at the latest. The machine may be busy for a moment, but not each time.
            ensure!(quickest < Duration::from_millis(2_500), "{quickest:?}");
            replicas.stop().await?;
            ensure!(holder(scene).await?.is_empty(), "the last one left the Lease free");
            Ok(())
        })
        .await
}

/// As in a rolling update, with a shutdown delay: the leader keeps serving HTTP, and another one leads. The old one
/// writes nothing any more.
pub(crate) async fn a_leader_that_gets_sigterm_serves_http_and_writes_nothing(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(DEFAULT, async |scene| {
            // As long as the test takes: a second signal, or SIGINT, ends it.
            let start = async || scene.pod()?.flag("shutdown-delay-duration", "5m").start(&scene.lab).await;
            let (a, b, c) = futures::try_join!(start(), start(), start())?;
            let mut replicas = Replicas(vec![a, b, c]);
            for pod in &mut replicas.0 {
                pod.wait_ready().await?;
            }
            scene.seal_and_apply("before", "1").await?;
            scene.sees("before", "1").await?;
            let old = replicas.take_leader().await?;
            let log = old.log_file().to_owned();
            let term = Instant::now();
            signal(&old, Signal::TERM)?;
            let took = replicas.followed(term).await?;
            remark(&format!("after SIGTERM another replica led in {took:.1?}, beside the old one"));
            // If the Lease is not released, it takes 15 s.
            ensure!(took < Duration::from_secs(10), "{took:?}");
            let led = holder(scene).await?;
            ensure!(!led.is_empty() && !led.starts_with(old.name()), "the Lease is {led}'s");
            // All of this is within the delay: the old one still runs.
            scene.seal_and_apply("meanwhile", "2").await?;
            scene.sees("meanwhile", "2").await?;
            ensure!(get(&old, "/v1/cert.pem").await?.0 == 200, "it does not serve any more");
            ensure!(get(&old, "/readyz").await?.0 == 503 && !leads(&old).await?);
            signal(&old, Signal::TERM)?;
            ends(old).await?;
            let log = std::fs::read_to_string(log)?;
            let (_, after) = log.split_once("lease released").context("it did not release the Lease")?;
            ensure!(!log.contains("meanwhile") && !after.contains("nseal"), "it went on working:\n{log}");
            ensure!(holder(scene).await? == led, "the Lease changed its holder again");
            ensure!(scene.keys().await?.len() == 1);
            // A standby keeps serving too, though it has no work to finish.
            let leader = replicas.take_leader().await?;
            let standby = replicas.0.remove(0);
            signal(&standby, Signal::TERM)?;
            logs(&standby, "serving requests until the shutdown delay is over", 1).await?;
            ensure!(
                get(&standby, "/v1/cert.pem").await?.0 == 200 && get(&standby, "/readyz").await?.0 == 503
            );
            signal(&standby, Signal::TERM)?;
            ends(standby).await?;
            ensure!(leads(&leader).await? && holder(scene).await? == led, "the leader changed");
            signal(&leader, Signal::INT)?;
            ends(leader).await
        })
        .await
}

/// As a kubelet does: another process in the same pod.
pub(crate) async fn a_crashed_container_takes_its_own_lease_again(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(DEFAULT, async |scene| {
            let pod = |uid: &str| anyhow::Ok(scene.pod()?.env("POD_NAME", "one").env("POD_UID", uid));
            let mut first = pod("1")?.start(&scene.lab).await?;
            first.wait_ready().await?;
            first.kill().await?;
            let start = Instant::now();
            let mut second = pod("1")?.start(&scene.lab).await?;
            second.wait_ready().await?;
            ensure!(leads(&second).await?, "{}", second.logs()?);
            ensure!(start.elapsed() < Duration::from_secs(8), "it waited {:?}", start.elapsed());
            second.kill().await?;
            // Another pod of the same name must wait.
            let third = pod("2")?.start(&scene.lab).await?;
            logs(&third, "standing by", 1).await?;
            ensure!(!leads(&third).await?);
            stop(third).await
        })
        .await
}
