//! Flux reconciles repeatedly: where nothing changed, nothing is written, and neither Flux nor the controller undoes
//! the other's changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use serde_json::{Value, json};
use tests::cluster::flux::kustomization::Kustomization;
use tests::lab::Maker;

use crate::stage::{Scene, Stage};

const TIMES: usize = 4;

pub(crate) async fn repeated_reconciliations_write_nothing(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (source, kustomization) = scene.shop().await?;
            let mut secret = scene.secret("db", "1");
            secret["metadata"]["labels"] = json!({ "app": "shop" });
            secret["type"] = json!("example.com/login");
            let mut sealed = scene.person().seal(&secret, &[]).await?;
            sealed["spec"]["template"]["data"] =
                json!({ "url": "db://{{ .password }}", "token": "{{ randAlphaNum 9 }}" });
            let files = [("shop/db.yaml", sealed.to_string())];
            let files = files.each_ref().map(|(path, content)| (*path, content.as_str()));
            kustomization.sees_ready(&source.commit(&files).await?).await?;
            scene.person().sees_synced(scene.namespace, "db", ConditionStatus::True).await?;
            let before = written(scene).await?;

            for _ in 0..TIMES {
                ready_again(&kustomization).await?;
            }
            // Another commit that leaves these files unchanged.
            kustomization.sees_ready(&source.commit(&files).await?).await?;
            ensure!(written(scene).await? == before, "{:?}, before {before:?}", written(scene).await?);
            let said = said_of_db(&stage.flux.logs()?, scene.namespace)?;
            ensure!(said.len() >= TIMES + 2, "{said:?}");
            ensure!(said[0] == "created" && said[1..].iter().all(|word| word == "unchanged"), "{said:?}");
            Ok(())
        })
        .await
}

/// Flux adds labels to the Secret itself, while the controller owns its other fields.
pub(crate) async fn labels_of_flux_on_the_secret_are_left_alone(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (scene.person(), scene.namespace);
            let (source, labels) = (scene.source("shop").await?, scene.source("labels").await?);
            let kustomization = scene.kustomization("shop", &Value::Null).await?;
            let sealed = scene.sealed("db", "1").await?;
            kustomization.sees_ready(&source.commit(&[("shop/db.yaml", &sealed)]).await?).await?;
            let labelled = json!({
                "apiVersion": "v1", "kind": "Secret",
                "metadata": {
                    "name": "db", "namespace": namespace, "labels": { "team": "shop" },
                    "annotations": { "kustomize.toolkit.fluxcd.io/ssa": "Merge" },
                },
            });
            let label = scene.kustomization("labels", &Value::Null).await?;
            label.sees_ready(&labels.commit(&[("shop/db.yaml", &labelled.to_string())]).await?).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let before = written(scene).await?;
            for _ in 0..TIMES {
                ready_again(&kustomization).await?;
                ready_again(&label).await?;
            }
            ensure!(written(scene).await? == before, "{:?}, before {before:?}", written(scene).await?);

            // A new value is written whole: the label is removed, and Flux adds it again.
            let second = scene.sealed("db", "2").await?;
            kustomization.sees_ready(&source.commit(&[("shop/db.yaml", &second)]).await?).await?;
            ready_again(&label).await?;
            let secret = person.sees_values(namespace, "db", &[("password", b"2")]).await?;
            let labels = secret.metadata.labels.unwrap_or_default();
            ensure!(labels.get("team").map(String::as_str) == Some("shop"), "{labels:?}");
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let before = written(scene).await?;
            for _ in 0..TIMES {
                ready_again(&kustomization).await?;
                ready_again(&label).await?;
            }
            ensure!(written(scene).await? == before, "{:?}, before {before:?}", written(scene).await?);
            Ok(())
        })
        .await
}

pub(crate) async fn a_deleted_secret_comes_back_while_flux_stays_ready(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (scene.person(), scene.namespace);
            let (source, kustomization) = scene.shop().await?;
            let revision = source.commit(&[("shop/db.yaml", &scene.sealed("db", "1").await?)]).await?;
            kustomization.sees_ready(&revision).await?;
            let before = person.get_secret(namespace, "db").await?;
            person.delete_secret(namespace, "db").await?;
            ready_again(&kustomization).await?;
            let after = person.sees_values(namespace, "db", &[("password", b"1")]).await?;
            ensure!(after.metadata.uid != before.metadata.uid, "it was never gone");
            ready_again(&kustomization).await
        })
        .await
}

pub(crate) async fn a_renewed_key_changes_nothing_that_is_synced(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (scene.person(), scene.namespace);
            let (source, kustomization) = scene.shop().await?;
            let (db, mail) = (scene.sealed("db", "1").await?, scene.sealed("mail", "1").await?);
            let old = source.commit(&[("shop/db.yaml", &db), ("shop/mail.yaml", &mail)]).await?;
            kustomization.sees_ready(&old).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let before = written(scene).await?;

            let kubeseal = stage.lab.kubeseal(Maker::Ours)?;
            let certificate = kubeseal.output(&["--fetch-cert"], b"").await?;
            kubeseal.output(&["keys", "renew"], b"").await?;
            ready_again(&kustomization).await?;
            ensure!(written(scene).await? == before, "{:?}, before {before:?}", written(scene).await?);

            // One SealedSecret is resealed, the other is unchanged.
            tests::test::eventually::eventually(
                std::time::Duration::from_secs(20),
                "the new key is served",
                async || {
                    ensure!(kubeseal.output(&["--fetch-cert"], b"").await? != certificate, "it is not");
                    Ok(())
                },
            )
            .await?;
            let resealed = String::from_utf8(kubeseal.output(&["--re-encrypt"], db.as_bytes()).await?)?;
            ensure!(resealed != db, "it was not resealed");
            let new = source.commit(&[("shop/db.yaml", &resealed), ("shop/mail.yaml", &mail)]).await?;
            kustomization.sees_ready(&new).await?;
            person.sees_values(namespace, "db", &[("password", b"1")]).await?;
            Ok(())
        })
        .await
}

/// Reconciles once more, and expects Ready.
async fn ready_again(kustomization: &Kustomization) -> Result<()> {
    let ready = kustomization.reconcile().await?;
    ensure!(ready.ready, "{ready:?}");
    Ok(())
}

/// Resource versions and field managers of the SealedSecret `db` and its Secret: they change with every write.
async fn written(scene: &Scene<'_>) -> Result<BTreeSet<String>> {
    let sealed = scene.person().get_sealed(scene.namespace, "db").await?.metadata;
    let secret = scene.person().get_secret(scene.namespace, "db").await?.metadata;
    [sealed, secret]
        .into_iter()
        .map(|metadata| Ok(serde_json::to_string(&(metadata.resource_version, metadata.managed_fields))?))
        .collect()
}

/// The log lines of kustomize-controller about applying the SealedSecret `db`: `created`, `configured` or `unchanged`.
fn said_of_db(logs: &str, namespace: &str) -> Result<Vec<String>> {
    let object = format!("SealedSecret/{namespace}/db");
    let lines =
        logs.lines().filter(|line| line.contains("server-side apply completed") && line.contains(&object));
    lines
        .map(|line| {
            let message: Value = serde_json::from_str(line)?;
            message["output"][&object].as_str().map(str::to_owned).context("no word for it")
        })
        .collect()
}
