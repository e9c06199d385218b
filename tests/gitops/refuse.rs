//! Commits that the controller refuses: the Kustomization is not Ready, and the Secret stays as it was.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use serde_json::json;

use crate::stage::Stage;

pub(crate) async fn an_update_that_does_not_open_leaves_the_old_secret(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (scene.person(), scene.namespace);
            let (source, kustomization) = scene.shop().await?;
            let good = scene.sealed("db", "1").await?;
            kustomization.sees_ready(&source.commit(&[("shop/db.yaml", &good)]).await?).await?;
            let before = person.get_secret(namespace, "db").await?;

            let wrong = scene.sealed_with_a_wrong_key("db", "2").await?;
            let failed =
                kustomization.sees_failed(&source.commit(&[("shop/db.yaml", &wrong)]).await?).await?;
            ensure!(failed.reason == "HealthCheckFailed", "{failed:?}");
            ensure!(person.get_secret(namespace, "db").await? == before, "the Secret changed");

            // `git revert`: the same ciphertext as in the first commit.
            kustomization.sees_ready(&source.commit(&[("shop/db.yaml", &good)]).await?).await?;
            let after = person.sees_values(namespace, "db", &[("password", b"1")]).await?;
            ensure!(after.metadata.uid == before.metadata.uid, "the Secret was made anew");
            Ok(())
        })
        .await
}

pub(crate) async fn a_foreign_secret_in_the_way_is_left_alone(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (scene.person(), scene.namespace);
            let (source, kustomization) = scene.shop().await?;
            person.apply(&scene.secret("db", "theirs")).await?;
            let theirs = person.get_secret(namespace, "db").await?;
            let sealed = scene.sealed("db", "ours").await?;
            let revision = source.commit(&[("shop/db.yaml", &sealed)]).await?;
            let failed = kustomization.sees_failed(&revision).await?;
            ensure!(failed.reason == "HealthCheckFailed", "{failed:?}");
            ensure!(person.get_secret(namespace, "db").await? == theirs, "the foreign Secret changed");
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let message = status.conditions[0].message.clone().unwrap_or_default();
            ensure!(message.contains("already exists and is not managed by SealedSecret"), "{message}");

            // Once the Secret is deleted, no commit is needed.
            person.delete_secret(namespace, "db").await?;
            person.sees_values(namespace, "db", &[("password", b"ours")]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let ready = kustomization.reconcile().await?;
            ensure!(ready.ready, "{ready:?}");
            Ok(())
        })
        .await
}

/// `spec.force` applies to what Flux applies: the SealedSecret. It deletes no Secret, and no SealedSecret that can be
/// updated.
pub(crate) async fn an_immutable_secret_is_not_forced(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (scene.person(), scene.namespace);
            let source = scene.source("shop").await?;
            let kustomization = scene.kustomization("shop", &json!({ "force": true })).await?;
            let immutable = async |password: &str| -> Result<String> {
                let mut secret = scene.secret("db", password);
                secret["immutable"] = json!(true);
                Ok(person.seal(&secret, &[]).await?.to_string())
            };
            let first = source.commit(&[("shop/db.yaml", &immutable("1").await?)]).await?;
            kustomization.sees_ready(&first).await?;
            let (sealed, secret) =
                (person.get_sealed(namespace, "db").await?, person.get_secret(namespace, "db").await?);

            let second = source.commit(&[("shop/db.yaml", &immutable("2").await?)]).await?;
            let failed = kustomization.sees_failed(&second).await?;
            ensure!(failed.reason == "HealthCheckFailed", "{failed:?}");
            ensure!(
                person.get_sealed(namespace, "db").await?.metadata.uid == sealed.metadata.uid,
                "it was made anew"
            );
            ensure!(person.get_secret(namespace, "db").await? == secret, "the Secret changed");

            person.delete_secret(namespace, "db").await?;
            person.sees_values(namespace, "db", &[("password", b"2")]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let ready = kustomization.reconcile().await?;
            ensure!(ready.ready, "{ready:?}");
            Ok(())
        })
        .await
}
