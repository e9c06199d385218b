//! Leaders that are paused, and continue after their lease has expired: checking a flag before a write cannot prevent
//! that.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use kube::ResourceExt as _;
use rustix::process::Signal;
use tests::test::eventually::eventually;

use crate::replicas::{Replicas, TAKEOVER, leads, logs, metrics, signal, stop};
use crate::stage::{SHORT, Stage};

const LOST: &str = "this replica leads no more";

/// First the next leader does all the work. Then it is paused as well before there is new work: the old leader finds
/// that undone, and leaves it so until the Lease is its own again.
pub(crate) async fn a_leader_that_was_paused_writes_nothing(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let mut replicas = Replicas::three(scene).await?;
            let old = replicas.take_leader().await?;
            let bystander = replicas.0.swap_remove(0);
            scene.seal_and_apply("db", "1").await?;
            scene.sees("db", "1").await?;
            // Not before: the Service, through which the certificate was fetched, may route to it.
            signal(&bystander, Signal::STOP)?;
            let undone = scene.seal("undone", "3").await?;
            let changed = scene.seal("db", "2").await?;
            signal(&old, Signal::STOP)?;
            scene.person.apply(&changed).await?;
            replicas.followed(Instant::now()).await?;
            let next = replicas.take_leader().await?;
            scene.sees("db", "2").await?;
            let state = async || {
                let sealed = scene.person.get_sealed(&scene.home, "db").await?.resource_version();
                let secret = scene.person.get_secret(&scene.home, "db").await?.resource_version();
                anyhow::Ok((sealed, secret, scene.person.events(&scene.home, "db").await?.len()))
            };
            eventually(TAKEOVER, "both unseals have their event", async || {
                ensure!(state().await?.2 == 2);
                Ok(())
            })
            .await?;
            let before = state().await?;

            signal(&next, Signal::STOP)?;
            scene.person.apply(&undone).await?;
            signal(&old, Signal::CONT)?;
            let start = Instant::now();
            logs(&old, LOST, 1).await?;
            logs(&old, "standing by", 1).await?;
            // It first saw the other's Lease after the start, and that lease lasts six seconds.
            while start.elapsed() < Duration::from_secs(4) {
                ensure!(!leads(&old).await?, "{}", old.logs()?);
                ensure!(
                    !metrics(&old).await?.contains("condition_info{"),
                    "conditions of a term that is over"
                );
                let there = scene.secrets().get_opt("undone").await?;
                ensure!(there.is_none(), "the old leader wrote:\n{}", old.logs()?);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            scene.sees("undone", "3").await?;
            let log = old.logs()?;
            let (lost, again) = (log.find(LOST), log.rfind("this replica leads\" me="));
            ensure!(lost < again && again < log.find(" name=undone"), "{log}");

            signal(&next, Signal::CONT)?;
            logs(&next, LOST, 1).await?;
            signal(&bystander, Signal::CONT)?;
            // A new object is unsealed after everything that was under way.
            scene.seal_and_apply("last", "4").await?;
            scene.sees("last", "4").await?;
            let after = state().await?;
            ensure!(before == after, "{before:?} became {after:?}");
            for pod in [old, next, bystander] {
                stop(pod).await?;
            }
            Ok(())
        })
        .await
}
