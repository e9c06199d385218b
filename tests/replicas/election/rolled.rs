//! A rolling update: all three replicas are replaced, one after the other, during work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::replicas::{Replicas, get, stop};
use crate::stage::{DEFAULT, Stage};

pub(crate) async fn replacing_all_three_loses_nothing(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(DEFAULT, async |scene| {
            let mut replicas = Replicas::three(scene).await?;
            let sealed = scene.seal_for_any_name("1").await?;
            let over = AtomicBool::new(false);
            let streaming = async {
                let mut names = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let mut object = sealed.clone();
                    let name = format!("s{}", names.len());
                    object["metadata"]["name"] = json!(name);
                    scene.person.apply(&object).await?;
                    names.push(name);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                anyhow::Ok(names)
            };
            let rolling = async {
                let rolled = async {
                    for _ in 0..3 {
                        // As in the Deployment: the new replica is ready before an old one ends.
                        let mut pod = scene.start().await?;
                        pod.wait_ready().await?;
                        replicas.0.push(pod);
                        stop(replicas.0.remove(0)).await?;
                        for pod in &replicas.0 {
                            ensure!(
                                get(pod, "/v1/cert.pem").await?.0 == 200,
                                "no replica serves the certificate"
                            );
                        }
                        tokio::time::sleep(Duration::from_millis(500)).await;
                    }
                    Ok(())
                };
                let rolled = rolled.await;
                over.store(true, Ordering::Relaxed);
                rolled
            };
            let (names, ()) = tokio::try_join!(streaming, rolling)?;
            ensure!(names.len() > 20, "only {} objects while it lasted", names.len());
            for name in &names {
                scene.sees(name, "1").await?;
            }
            ensure!(scene.keys().await?.len() == 1, "another key was made");
            replicas.leader().await?;
            replicas.stop().await
        })
        .await
}
