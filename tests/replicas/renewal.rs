//! Renewal when there are several.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use rustix::process::Signal;
use tests::eventually::eventually;

use crate::replicas::{Replicas, TAKEOVER, get, signal, stop};
use crate::stage::{SHORT, Stage};

/// Long enough for a key too many to come.
const A_WHILE: Duration = Duration::from_secs(4);

pub(crate) async fn the_leader_renews_whomever_is_asked_and_all_serve_the_new_key(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let mut replicas = Replicas::three(scene).await?;
            let leader = replicas.take_leader().await?;
            let mut keys = 1;
            for asked in replicas.0.iter().chain([&leader]) {
                let (_, before) = get(&leader, "/v1/cert.pem").await?;
                signal(asked, Signal::USR1)?;
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
                ensure!(!standby.logs()?.contains("sealing key made"), "a standby made a key");
            }
            stop(leader).await?;
            replicas.stop().await
        })
        .await
}
