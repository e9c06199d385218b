//! Renewal with several replicas.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use envelope::Certificate;
use rustix::process::Signal;
use tests::test::eventually::eventually;

use crate::replicas::{Replicas, TAKEOVER, get, signal, stop};
use crate::stage::{SHORT, Stage};

/// Long enough for an extra key to appear.
const A_WHILE: Duration = Duration::from_secs(4);

pub(crate) async fn the_leader_renews_whichever_replica_gets_the_request_and_all_serve_the_new_key(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let mut replicas = Replicas::three(scene).await?;
            let leader = replicas.take_leader().await?;
            let mut keys = 1;
            for replica in replicas.0.iter().chain([&leader]) {
                let (_, before) = get(&leader, "/v1/cert.pem").await?;
                signal(replica, Signal::USR1)?;
                keys += 1;
                for pod in replicas.0.iter().chain([&leader]) {
                    eventually(TAKEOVER, "the new certificate is served", async || {
                        let (code, after) = get(pod, "/v1/cert.pem").await?;
                        ensure!(code == 200 && after != before, "{code}");
                        Ok(())
                    })
                    .await?;
                }
                tokio::time::sleep(A_WHILE).await;
                let there = scene.keys().await?.len();
                ensure!(there == keys, "{there} keys instead of {keys}");
            }
            for standby in &replicas.0 {
                ensure!(!standby.logs()?.contains("New key written"), "a standby made a key");
            }
            stop(leader).await?;
            replicas.stop().await
        })
        .await
}

/// Leaders change, and each date has one key.
pub(crate) async fn one_key_for_each_date_whichever_replica_leads(stage: Arc<Stage>) -> Result<()> {
    /// With the jitter subtracted, and rounded up to whole seconds, as in certificates, the period stays the same.
    const PERIOD: i64 = 5;
    stage
        .play(SHORT, async |scene| {
            let period = format!("{PERIOD}s");
            let start = async || {
                let mut pod = scene.pod()?.flag("key-renew-period", &period).start(&scene.lab).await?;
                pod.wait_ready().await?;
                anyhow::Ok(pod)
            };
            let (a, b, c) = futures::try_join!(start(), start(), start())?;
            let mut replicas = Replicas(vec![a, b, c]);
            let began = Instant::now();
            for _ in 0..3 {
                // About two dates later.
                tokio::time::sleep(Duration::from_millis(rand::random_range(7_000..12_000))).await;
                replicas.take_leader().await?.kill().await?;
                replicas.0.push(start().await?);
            }
            let leader = replicas.take_leader().await?;
            tokio::time::sleep(Duration::from_secs(6)).await;
            stop(leader).await?;
            replicas.stop().await?;
            let lasted = i64::try_from(began.elapsed().as_secs())?;
            let mut births = Vec::new();
            for key in scene.keys().await? {
                let data = key.data.unwrap_or_default();
                let pem = data.get("tls.crt").context("a key without tls.crt")?;
                births.push(Certificate::from_pem(std::str::from_utf8(&pem.0)?)?.not_before().as_second());
            }
            births.sort_unstable();
            ensure!(
                births.windows(2).all(|pair| pair[1] - pair[0] >= PERIOD),
                "two keys for one date: {births:?}"
            );
            // Dates that came while no replica led have one key together.
            let dates = usize::try_from(lasted / PERIOD)?;
            ensure!(births.len() >= 5 && births.len() <= dates + 2, "{births:?} in {lasted} s");
            Ok(())
        })
        .await
}
