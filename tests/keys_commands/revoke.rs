//! `keys revoke`.

use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::json;
use tests::network::http_client::http_client;
use tests::test::eventually::eventually;

use crate::stage::{SOON, Scene, Stage, short, stop};

pub(crate) async fn a_leaked_key_is_revoked_and_its_values_listed(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let leaked = scene.newest().await?;
            let sealed = scene.unsealed("db", "known-to-others").await?;
            scene.write("db.json", sealed.to_string())?;
            let mixed = scene.seal("mixed", "known-to-others").await?;
            scene.write("mixed.json", mixed.to_string())?;
            let printed = scene.printed(&["revoke", "--yes", short(&leaked), "db.json"]).await?;
            let new = scene.newest().await?;
            ensure!(printed.starts_with(&format!("new key {new}\n")), "{printed}");
            for words in [
                format!("{} is revoked (Secret kube-system/", short(&leaked)),
                format!("{}/db: password", scene.namespace),
                format!("db.json: document 1 (SealedSecret {}/db), line 1: password", scene.namespace),
            ] {
                ensure!(printed.contains(&words), "no {words:?} in {printed}");
            }
            ensure!(!printed.contains("known-to-others"), "{printed}");
            let states: Vec<(String, String)> =
                scene.all().await?.into_iter().map(|key| (key.0, key.1)).collect();
            ensure!(states == [(new, "active".into()), (leaked.clone(), "compromised".into())], "{states:?}");

            // The SealedSecret is marked without a restart; its Secret stays.
            let message = scene.sees_compromised("db", true).await?;
            ensure!(message.contains(&leaked) && message.contains("password"), "{message}");
            scene.sees("db", "known-to-others").await?;
            let event = scene.person.sees_event(&scene.namespace, "db", "KeyCompromised").await?;
            ensure!(event.contains("leaked"), "{event}");
            let metrics = reqwest_text(&pod.metrics_url()).await?;
            ensure!(metrics.contains("name=\"db\",condition=\"Compromised\""), "{metrics}");

            // Each later call prints this again; nothing is done twice.
            let again = scene.printed(&["revoke", &leaked]).await?;
            ensure!(!again.contains("new key") && again.contains("/db: password"), "{again}");
            ensure!(scene.all().await?.len() == 2);

            scene.unsealed("db", "unknown").await?;
            scene.sees_compromised("db", false).await?;
            // A SealedSecret sealed with it now never opens, and its status says why.
            scene.person.apply(&renamed(sealed)).await?;
            eventually(SOON, "it is refused", async || {
                let status =
                    scene.person.get_sealed(&scene.namespace, "late").await?.status.unwrap_or_default();
                let reason = status.conditions.first().and_then(|it| it.reason.clone());
                ensure!(reason.as_deref() == Some("KeyRevoked"), "{:?}", status.conditions);
                Ok(())
            })
            .await?;

            // So is one of which another value was changed, and one was forgotten.
            let merged =
                scene.kubeseal.run(&["--merge-into", "mixed.json"], b"stringData: {token: new}").await?;
            let warned = merged.stderr.clone();
            merged.success()?;
            ensure!(warned.contains("password of ") && warned.contains("leaked and was revoked"), "{warned}");
            scene.person.apply(&serde_json::from_slice(&scene.read("mixed.json")?)?).await?;
            let message = scene.sees_compromised("mixed", true).await?;
            ensure!(message.contains(&leaked), "{message}");
            let status = scene.person.get_sealed(&scene.namespace, "mixed").await?.status.unwrap_or_default();
            let synced = &status.conditions[0];
            ensure!(synced.reason.as_deref() == Some("KeyRevoked"), "{synced:?}");
            let text = synced.message.clone().unwrap_or_default();
            ensure!(text.contains("(password)") && text.contains("leaked and was revoked"), "{text}");
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_controller_that_is_down_keeps_nothing_from_being_revoked(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |scene| {
            stop(scene.start().await?).await?;
            let newest = scene.newest().await?;
            down(scene, &newest, "nothing can be sealed before there is one").await?;

            // If another key is left, its successor is requested.
            let pod = scene.start().await?;
            let left = scene.newest().await?;
            let newest = scene.printed(&["renew"]).await?.trim().to_owned();
            stop(pod).await?;
            down(scene, &newest, &format!("values are sealed with {} meanwhile", short(&left))).await
        })
        .await
}

/// Revokes a key while no controller runs; then starts one.
async fn down(scene: &Scene, leaked: &str, words: &str) -> Result<()> {
    let before: Vec<String> = scene.all().await?.into_iter().map(|key| key.0).collect();
    let error = scene.keys(&["revoke", "--yes", "--timeout", "1s", leaked]).await?.failure(1)?;
    ensure!(error.contains("IS REVOKED, but there is no new key yet"), "{error}");
    ensure!(error.contains(words) && error.contains("no new key appeared within 1 s"), "{error}");
    let pod = scene.start().await?;
    eventually(SOON, "the successor is there", async || {
        let keys = scene.all().await?;
        ensure!(keys[0].1 == "active" && !before.contains(&keys[0].0), "{keys:?}");
        ensure!(keys.iter().any(|key| key.0 == leaked && key.1 == "compromised"), "{keys:?}");
        Ok(())
    })
    .await?;
    stop(pod).await
}

fn renamed(mut sealed: serde_json::Value) -> serde_json::Value {
    sealed["metadata"]["name"] = json!("late");
    sealed
}

async fn reqwest_text(url: &str) -> Result<String> {
    let client = http_client().build()?;
    Ok(client.get(url).send().await?.text().await?)
}

pub(crate) async fn without_a_yes_nothing_is_revoked(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let key = scene.newest().await?;
            let error = scene.keys(&["revoke", &key]).await?.failure(1)?;
            ensure!(error.contains("there is no terminal to ask") && error.contains("--yes"), "{error}");
            ensure!(scene.all().await?.len() == 1 && scene.newest().await? == key, "something was done");
            stop(pod).await
        })
        .await
}
