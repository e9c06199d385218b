//! Commits that are applied, suspended, and corrected.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use jiff::SignedDuration;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use serde_json::{Value, json};

use crate::stage::Stage;

/// Flux checks health as soon as it has applied, mostly after the controller has finished, and again 5 s later.
const SECOND_LOOK: SignedDuration = SignedDuration::from_secs(7);
/// Duration of the first check.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(1);
/// Number of commits until one is not ready at the first check. On a busy machine Flux sometimes comes before the
/// controller.
const LOOKS: usize = 6;

pub(crate) async fn a_good_commit_is_ready_with_its_secret_there(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (source, sealed) = (scene.source("shop").await?, scene.sealed("db", "1").await?);
            let kustomization = scene.kustomization("shop", &Value::Null).await?;
            let revision = source.commit(&[("shop/db.yaml", &sealed)]).await?;
            kustomization.sees_ready(&revision).await?;
            // Without waiting: Ready means that the Secret exists.
            let secret = scene.person().get_secret(scene.namespace, "db").await?;
            ensure!(secret.data.unwrap_or_default()["password"].0 == b"1", "another value");
            Ok(())
        })
        .await
}

pub(crate) async fn a_wrong_key_fails_at_once_and_holds_its_dependent_back(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let source = scene.source("shop").await?;
            let shop = scene.kustomization("shop", &Value::Null).await?;
            let dependent = json!({
                "path": "./app", "dependsOn": [{ "name": "shop" }], "sourceRef": { "kind": "GitRepository", "name": "shop" },
            });
            let app = scene.kustomization("app", &dependent).await?;
            let settings = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "app", "namespace": scene.namespace } }).to_string();
            let config_maps: Api<ConfigMap> = Api::namespaced(stage.lab.client(), scene.namespace);

            let wrong = scene.sealed_with_a_wrong_key("db", "1").await?;
            let broken = source.commit(&[("shop/db.yaml", &wrong), ("app/app.yaml", &settings)]).await?;
            let failed = shop.sees_failed(&broken).await?;
            ensure!(failed.reason == "HealthCheckFailed", "{failed:?}");
            let object = format!("SealedSecret/{}/db status: 'Failed'", scene.namespace);
            ensure!(failed.message.contains(&object) && !failed.message.contains("timeout"), "{failed:?}");
            ensure!(checked_for(&failed.message)? < SECOND_LOOK, "{failed:?}");
            let id = format!("{}_db_bitnami.com_SealedSecret", scene.namespace);
            ensure!(shop.inventory().await? == [id], "{:?}", shop.inventory().await?);
            let held = app
                .eventually("it waits for shop", |status| {
                    let ready = status["conditions"][0].clone();
                    ensure!(ready["reason"] == "DependencyNotReady", "{status}");
                    Ok(ready)
                })
                .await?;
            ensure!(held["status"] == "False", "{held}");
            ensure!(config_maps.get_opt("app").await?.is_none(), "the dependent was applied");

            let mut quickest = checked_for(&failed.message)?;
            for _ in 1..LOOKS {
                if quickest < FIRST_LOOK {
                    break;
                }
                let wrong = scene.sealed_with_a_wrong_key("db", "1").await?;
                let broken = source.commit(&[("shop/db.yaml", &wrong), ("app/app.yaml", &settings)]).await?;
                quickest = quickest.min(checked_for(&shop.sees_failed(&broken).await?.message)?);
            }
            ensure!(quickest < FIRST_LOOK, "the quickest of {LOOKS} took {quickest:#}");

            let right = scene.sealed("db", "1").await?;
            let repaired = source.commit(&[("shop/db.yaml", &right), ("app/app.yaml", &settings)]).await?;
            shop.sees_ready(&repaired).await?;
            scene.person().sees_values(scene.namespace, "db", &[("password", b"1")]).await?;
            app.sees_ready(&repaired).await?;
            ensure!(config_maps.get_opt("app").await?.is_some(), "the dependent was not applied");
            Ok(())
        })
        .await
}

pub(crate) async fn a_suspended_kustomization_syncs_once_it_is_resumed(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (source, kustomization) = scene.shop().await?;
            let first = source.commit(&[("shop/db.yaml", &scene.sealed("db", "1").await?)]).await?;
            kustomization.sees_ready(&first).await?;
            kustomization.patch(&json!({ "spec": { "suspend": true } })).await?;
            let second = source.commit(&[("shop/db.yaml", &scene.sealed("db", "2").await?)]).await?;
            // The controller continues: only the syncing of commits is suspended.
            scene.person().delete_secret(scene.namespace, "db").await?;
            scene.person().sees_values(scene.namespace, "db", &[("password", b"1")]).await?;
            ensure!(kustomization.status().await?["lastAttemptedRevision"] == first, "it was not suspended");
            kustomization.patch(&json!({ "spec": { "suspend": false } })).await?;
            kustomization.sees_ready(&second).await?;
            scene.person().sees_values(scene.namespace, "db", &[("password", b"2")]).await.map(drop)
        })
        .await
}

/// How long Flux checked the health of what it had applied: `health check failed after 91.5ms: …`.
fn checked_for(message: &str) -> Result<SignedDuration> {
    let time = message.strip_prefix("health check failed after ").and_then(|rest| rest.split(": ").next());
    Ok(time.with_context(|| format!("no time in {message}"))?.parse()?)
}
