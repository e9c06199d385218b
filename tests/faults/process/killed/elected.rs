//! SIGKILL of the leading replica, while SealedSecrets change and renewals are requested.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rand::RngExt as _;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use super::phase::killed;
use super::usr1;
use crate::scene::audit::right;
use crate::scene::churn::churn;
use crate::stage::{Scene, Stage, started, stop};

const KILLS: usize = 8;

/// Terms of the Lease: short, so that a new leader takes seconds.
const TERMS: [(&str, &str); 3] = [
    ("leader-elect-lease-duration", "4s"),
    ("leader-elect-renew-deadline", "3s"),
    ("leader-elect-retry-period", "500ms"),
];

/// A lease, a start and a key, on a busy machine.
const SOON: Duration = Duration::from_secs(40);

/// A replica with leader election.
async fn replica(scene: &Scene) -> Result<Pod> {
    let pod = TERMS
        .iter()
        .fold(scene.pod()?.flag("leader-elect", "true"), |pod, (flag, value)| pod.flag(flag, value));
    started(pod, &scene.lab).await
}

/// Whether the replica's metrics have this line.
async fn shows(pod: &Pod, line: &str) -> Result<bool> {
    let http = http_client().timeout(Duration::from_secs(2)).build()?;
    let metrics = http.get(pod.metrics_url()).send().await?.error_for_status()?.text().await?;
    Ok(metrics.lines().any(|there| there == line))
}

/// Waits until one replica leads; returns its index.
async fn leader(replicas: &[Pod]) -> Result<usize> {
    eventually(SOON, "one of the replicas leads", async || {
        for (at, pod) in replicas.iter().enumerate() {
            if shows(pod, "sealed_secrets_controller_leader 1").await? {
                return Ok(at);
            }
        }
        anyhow::bail!("none does")
    })
    .await
}

pub(crate) async fn a_leader_of_three_in_a_storm(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (a, b, c) = tokio::try_join!(replica(scene), replica(scene), replica(scene))?;
            let mut replicas = vec![a, b, c];
            let sealed = scene.seal(&replicas[0], 6).await?;
            let over = AtomicBool::new(false);
            let killing = async {
                let (mut dice, mut keys, mut at_work) = (scene.dice(), 1, 0);
                for kill in 0..KILLS {
                    let old = replicas.swap_remove(leader(&replicas).await?);
                    tokio::time::sleep(Duration::from_millis(dice.random_range(0..1_500))).await;
                    // Every other time a standby gets the request: the leader dies before, while or after it renews.
                    if kill % 2 == 0 {
                        usr1(&replicas[0])?;
                        keys += 1;
                        tokio::time::sleep(Duration::from_millis(dice.random_range(0..400))).await;
                    }
                    at_work += usize::from(killed(old).await?.contains(" msg=unsealed "));
                    replicas.push(replica(scene).await?);
                    scene.sees_keys(keys, SOON).await.with_context(|| format!("after kill {kill}"))?;
                    // The replica that gets the next request knows which key is the newest.
                    let known = format!("sealed_secrets_controller_sealing_keys {keys}");
                    eventually(SOON, "all know all keys", async || {
                        for pod in &replicas {
                            ensure!(shows(pod, &known).await?);
                        }
                        Ok(())
                    })
                    .await?;
                }
                over.store(true, Ordering::Relaxed);
                anyhow::Ok((keys, at_work))
            };
            let killing = async { killing.await.inspect_err(|_| over.store(true, Ordering::Relaxed)) };
            let churning = churn(scene, &sealed, 20, Duration::from_millis(60), &over);
            let ((keys, at_work), wanted) = tokio::try_join!(killing, churning)?;
            ensure!(at_work > KILLS / 2, "only {at_work} were at work when they were killed");
            right(scene, &wanted).await?;
            scene.expects_keys(keys);
            for pod in replicas {
                stop(pod).await?;
            }
            Ok(())
        })
        .await
}
