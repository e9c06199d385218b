//! `keys renew`.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::sealing_key::{LABEL, RENEW};
use envelope::{KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{ListParams, PostParams};
use rand::rngs::SysRng;
use serde_json::json;
use tests::test::eventually::eventually;

use crate::stage::{SOON, Stage, stop};

pub(crate) async fn a_new_key_is_made_and_served(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let (first, before) = (scene.newest().await?, scene.served().await?);
            scene.unsealed("db", "1").await?;
            let printed = scene.printed(&["renew"]).await?;
            let second = scene.newest().await?;
            ensure!(printed == format!("{second}\n") && first != second, "{printed}");
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

pub(crate) async fn a_certificate_from_the_future_is_not_the_newest(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let private = PrivateKey::generate(KeySize::Rsa2048)?;
            let (start, day) =
                (Timestamp::now() + SignedDuration::from_hours(24 * 365), SignedDuration::from_hours(24));
            let certificate = issue(&mut SysRng, &private, "", start, day)?;
            let secret: Secret = serde_json::from_value(json!({
                "metadata": { "name": "of-a-wrong-clock", "labels": { LABEL: "active" } },
                "type": "kubernetes.io/tls",
                "stringData": { "tls.key": *private.to_pkcs1_pem()?, "tls.crt": certificate.to_pem() },
            }))?;
            scene.secrets().create(&PostParams::default(), &secret).await?;
            let future = certificate.fingerprint().to_string();
            let pod = scene.start().await?;
            let printed = scene.printed(&["renew"]).await?;
            let listing = scene.listing(&[]).await?;
            let (newest, other) = (&listing["keys"][0], &listing["keys"][1]);
            ensure!(
                newest["newest"] == true
                    && printed == format!("{}\n", newest["fingerprint"].as_str().unwrap_or_default())
            );
            ensure!(
                other["fingerprint"] == *future && other["newest"] == false && listing["keys"][2].is_null(),
                "{listing}"
            );
            scene.printed(&["retire", &future]).await?;
            stop(pod).await
        })
        .await
}
