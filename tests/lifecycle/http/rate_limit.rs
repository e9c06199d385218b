//! The rate limit of requests that use a private key, and the flags that turn these endpoints off.

use std::sync::Arc;

use anyhow::{Result, ensure};
use tests::network::http_client::http_client;
use tests::pod::Pod;

use crate::stage::{Stage, stop};

async fn post(pod: &Pod, path: &str) -> Result<u16> {
    let http = http_client().build()?;
    Ok(http.post(format!("{}{path}", pod.url())).body("{}").send().await?.status().as_u16())
}

pub(crate) async fn too_many_requests_are_turned_away(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.start().await?;
            for path in ["/v1/verify", "/v1/rotate"] {
                let mut answers = Vec::new();
                for _ in 0..10 {
                    answers.push(post(&pod, path).await?);
                }
                // A burst of two is allowed beyond the first, as upstream counts.
                ensure!(answers.starts_with(&[500, 500, 500]), "{path}: {answers:?}");
                ensure!(answers.contains(&429), "{path}: {answers:?}");
            }
            stop(pod).await
        })
        .await
}

pub(crate) async fn verify_and_rotate_can_each_be_turned_off(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let mut pod = stage.pod()?.flag("serve-verify", "false").start(&stage.lab).await?;
            pod.wait_ready().await?;
            ensure!(post(&pod, "/v1/verify").await? == 404);
            ensure!(post(&pod, "/v1/rotate").await? == 500);
            stop(pod).await?;
            let mut pod = stage.pod()?.flag("serve-rotate", "false").start(&stage.lab).await?;
            pod.wait_ready().await?;
            ensure!(post(&pod, "/v1/verify").await? == 500);
            ensure!(post(&pod, "/v1/rotate").await? == 404);
            stop(pod).await
        })
        .await
}
