//! The annotation for the recipients is changed alone, which changes no generation.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::annotations::RECIPIENTS;
use serde_json::{Value, json};
use tests::lab::Maker;

use crate::one_file::opened_by_the_newest_key;
use crate::scene::cluster::recipients_of;
use crate::scene::program::Reseal;
use crate::stage::{Scene, Stage};

const VALUES: [(&str, &str); 2] = [("a", "1"), ("b", "2")];

pub(crate) async fn a_change_wakes_the_controller_and_writes_no_secret(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(Maker::Ours, async |scene| {
            let sealed = scene.seal("db", &VALUES).await?;
            scene.apply(&sealed).await?;
            let before = both_open(scene, &sealed).await?;
            scene.clusters[1].renew_key().await?;
            let resealed = scene.reseal(1, Reseal::Verb, &sealed).await?;
            let resealed = resealed.map_err(|said| anyhow::anyhow!("{said}"))?;
            for cluster in &scene.clusters {
                let patch =
                    json!({ "metadata": { "annotations": { RECIPIENTS: recipients_of(&resealed) } } });
                cluster.person.patch_sealed(&scene.namespace, "db", &patch).await?;
            }
            ensure!(both_open(scene, &resealed).await? == before, "a Secret or a spec was written");
            Ok(())
        })
        .await
}

/// In the first cluster the items themselves are opened, as if there was no annotation.
pub(crate) async fn one_that_is_broken_is_reported_until_it_is_mended(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(Maker::Ours, async |scene| {
            let sealed = scene.seal("db", &VALUES).await?;
            scene.apply(&sealed).await?;
            let before = both_open(scene, &sealed).await?;
            let mut broken = sealed.clone();
            broken["metadata"]["annotations"][RECIPIENTS] = json!("{\"v\":1,");
            scene.apply(&broken).await?;
            let words = format!("the annotation {RECIPIENTS} cannot be read, because");
            scene.clusters[1].refuses(&broken, &["a", "b"], &words).await?;
            let status = scene.clusters[0].opens(&broken, &VALUES).await?;
            opened_by_the_newest_key(&scene.clusters[0], &status).await?;
            scene.apply(&sealed).await?;
            ensure!(both_open(scene, &sealed).await? == before, "a Secret or a spec was written");

            let mut without = sealed.clone();
            without["metadata"]["annotations"].as_object_mut().context("no annotations")?.remove(RECIPIENTS);
            scene.apply(&without).await?;
            scene.clusters[1].refuses(&without, &["a", "b"], "sealed for another cluster").await?;
            scene.clusters[0].opens(&without, &VALUES).await?;
            Ok(())
        })
        .await
}

/// Waits until both clusters have opened it with their newest keys. Returns what must not change: generations, and versions of the Secrets.
async fn both_open(scene: &Scene, sealed: &Value) -> Result<Vec<(Option<i64>, Option<String>)>> {
    let mut versions = Vec::new();
    for cluster in &scene.clusters {
        let status = cluster.opens(sealed, &VALUES).await?;
        opened_by_the_newest_key(cluster, &status).await?;
        let [_, secret] = cluster.versions(sealed).await?;
        versions.push((status.observed_generation, secret));
    }
    Ok(versions)
}
