//! The API server and etcd stop, and start again with their data.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use tests::control_plane::{Component, End};

use crate::scene::audit::right;
use crate::scene::churn::churn;
use crate::stage::{Stage, stop};

pub(crate) async fn the_api_server_and_etcd_restart(stage: Arc<Stage>) -> Result<()> {
    stage
        .play_apart(async |scene| {
            let pod = scene.start().await?;
            let id = pod.process_id();
            let sealed = scene.seal(&pod, 6).await?;
            let over = AtomicBool::new(false);
            let failing = async {
                let control_plane = &scene.lab.control_plane;
                let one = |part| vec![part];
                for (parts, end) in [
                    (one(Component::ApiServer), End::Kill),
                    (one(Component::Etcd), End::Kill),
                    (one(Component::ApiServer), End::Terminate),
                    (one(Component::Etcd), End::Terminate),
                    (vec![Component::Etcd, Component::ApiServer], End::Kill),
                ] {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    for part in &parts {
                        control_plane.down(*part, end).await?;
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    control_plane.up(&parts).await?;
                }
                tokio::time::sleep(Duration::from_secs(2)).await;
                over.store(true, Ordering::Relaxed);
                anyhow::Ok(())
            };
            let failing = async { failing.await.inspect_err(|_| over.store(true, Ordering::Relaxed)) };
            let churning = churn(scene, &sealed, 20, Duration::from_millis(60), &over);
            let ((), wanted) = tokio::try_join!(failing, churning)?;
            // Kubernetes' garbage collector misses what happened during the outage, until it is restarted.
            scene.lab.control_plane.restart_controllers().await?;
            right(scene, &wanted).await?;
            ensure!(pod.process_id() == id, "it did not survive");
            ensure!(scene.keys().await?.len() == 1, "another key was made");
            stop(pod).await
        })
        .await
}
