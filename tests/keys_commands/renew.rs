//! `keys renew`.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::sealing_key::{LABEL, RENEW};
use kube::ResourceExt as _;
use kube::api::ListParams;
use tests::eventually::eventually;

use crate::stage::{SOON, Stage, stop};

pub(crate) async fn a_new_key_is_made_and_served(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let (first, before) = (scene.newest().await?, scene.served().await?);
            scene.unsealed("db", "1").await?;
            let told = scene.told(&["renew"]).await?;
            let second = scene.newest().await?;
            ensure!(told == format!("{second}\n") && first != second, "{told}");
            ensure!(scene.all().await?.len() == 2);
            for key in scene.secrets().list(&ListParams::default().labels(LABEL)).await?.items {
                ensure!(!key.annotations().contains_key(RENEW), "the request stays");
            }
            eventually(SOON, "the new certificate is served", async || {
                ensure!(scene.served().await? != before, "it is not");
                Ok(())
            })
            .await?;
            scene.sees("db", "1").await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_controller_that_is_down_answers_later(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let none = scene.keys(&["renew"]).await?.failure(1)?;
            ensure!(none.contains("there is no active sealing key") && none.contains("hint: "), "{none}");
            stop(scene.start().await?).await?;
            let first = scene.newest().await?;
            let waited = scene.keys(&["renew", "--timeout", "2s"]).await?.failure(1)?;
            ensure!(waited.contains("no new key appeared within 2 s") && waited.contains("Is it running?"));
            let pod = scene.start().await?;
            eventually(SOON, "the request is answered", async || {
                ensure!(scene.newest().await? != first, "no new key");
                Ok(())
            })
            .await?;
            stop(pod).await
        })
        .await
}
