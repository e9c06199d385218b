//! A new sealing key in one of the clusters, and files that are resealed there.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::annotations::CERTIFICATE_FINGERPRINT;
use serde_json::Value;
use tests::lab::Maker;

use crate::one_file::opened_by_the_newest_key;
use crate::scene::cluster::recipients_of;
use crate::scene::program::Reseal;
use crate::stage::{Scene, Stage};

const VALUES: [(&str, &str); 2] = [("a", "1"), ("b", "2")];

const DOES_NOT_KNOW: &str = "changed by a program that does not know the annotation";

pub(crate) async fn a_resealed_file_opens_with_the_newest_key_of_either_cluster(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(Maker::Ours, async |scene| {
            let mut file = scene.seal("db", &VALUES).await?;
            for (cluster, how) in
                [(0, Reseal::Verb), (1, Reseal::ReEncrypt(Maker::Upstream)), (1, Reseal::Verb)]
            {
                scene.clusters[cluster].renew_key().await?;
                file = resealed(scene, cluster, how, &file).await?;
                scene.apply(&file).await?;
                for cluster in &scene.clusters {
                    let status = cluster.opens(&file, &VALUES).await?;
                    opened_by_the_newest_key(cluster, &status).await?;
                }
            }
            Ok(())
        })
        .await
}

/// The second cluster changes its own entry alone, so that the first one, which does not know the annotation, opens the items as before.
pub(crate) async fn what_the_second_cluster_resealed_opens_with_upstreams_controller(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(Maker::Upstream, async |scene| {
            let sealed = scene.seal("db", &VALUES).await?;
            for how in Reseal::ALL {
                scene.clusters[1].renew_key().await?;
                let file = resealed(scene, 1, how, &sealed).await?;
                let hint = |file: &Value| file["metadata"]["annotations"][CERTIFICATE_FINGERPRINT].clone();
                ensure!(
                    file["spec"]["encryptedData"] == sealed["spec"]["encryptedData"],
                    "{how:?}: other items"
                );
                ensure!(hint(&file) == hint(&sealed), "{how:?}: another fingerprint");
                ensure!(recipients_of(&file) != recipients_of(&sealed), "{how:?}: the same entries");
                scene.apply(&file).await?;
                scene.clusters[0].opens(&file, &VALUES).await?;
                let status = scene.clusters[1].opens(&file, &VALUES).await?;
                opened_by_the_newest_key(&scene.clusters[1], &status).await?;
            }
            Ok(())
        })
        .await
}

/// Upstream's controller makes new envelopes, and drops the annotation. Our kubeseal does not take them; upstream's does.
pub(crate) async fn what_upstreams_controller_resealed_is_reported_by_the_second_cluster(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(Maker::Upstream, async |scene| {
            let sealed = scene.seal("db", &VALUES).await?;
            scene.apply(&sealed).await?;
            for cluster in &scene.clusters {
                cluster.opens(&sealed, &VALUES).await?;
            }
            for how in [Reseal::Verb, Reseal::ReEncrypt(Maker::Ours)] {
                let Err(said) = scene.reseal(0, how, &sealed).await? else {
                    anyhow::bail!("{how:?} took what opens in one cluster only");
                };
                ensure!(said.contains("does not know the recipients"), "{how:?}: {said}");
            }
            let mut file = resealed(scene, 0, Reseal::ReEncrypt(Maker::Upstream), &sealed).await?;
            ensure!(recipients_of(&file).is_none(), "upstream's controller keeps the annotation");
            scene.apply(&file).await?;
            scene.clusters[0].opens(&file, &VALUES).await?;
            scene.clusters[1].refuses(&file, &["a", "b"], "sealed for another cluster").await?;
            // The Secret of before stays, and what is sealed anew for both opens.
            let values = VALUES.map(|(key, value)| (key, value.as_bytes()));
            scene.clusters[1].person.sees_values(&scene.namespace, "db", &values).await?;
            for (item, value) in VALUES {
                scene.merge(&mut file, 0, item, value).await?;
            }
            scene.apply(&file).await?;
            for cluster in &scene.clusters {
                cluster.opens(&file, &VALUES).await?;
            }
            Ok(())
        })
        .await
}

/// `--merge-into` seals an item for one cluster, and leaves the annotation as it was. The other cluster says which item, and which key it is
/// sealed for.
pub(crate) async fn an_item_that_was_merged_for_one_cluster_is_reported_by_the_other(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(Maker::Ours, async |scene| {
            let sealed = scene.seal("db", &VALUES).await?;
            let key = async |index: usize| {
                anyhow::Ok(scene.clusters[index].certificate().await?.fingerprint().short())
            };
            let keys = [key(0).await?, key(1).await?];
            let changed = [("a", "3"), VALUES[1]];
            for maker in [Maker::Upstream, Maker::Ours] {
                // Upstream's program changes no annotation of ours, and the object's own certificate is that of the first cluster.
                let of_second = if maker == Maker::Ours { keys[1].as_str() } else { "unknown" };
                for (merged_for, key) in [(0, keys[0].as_str()), (1, of_second)] {
                    let file = scene.merge_into(merged_for, maker, &sealed, "a", "3").await?;
                    scene.apply(&file).await?;
                    scene.clusters[merged_for].opens(&file, &changed).await?;
                    let message =
                        scene.clusters[1 - merged_for].refuses(&file, &["a"], DOES_NOT_KNOW).await?;
                    let sentence =
                        format!("sealed to one certificate only ({key}); seal it again for all its clusters");
                    ensure!(message.contains(&sentence), "{maker:?}, for cluster {merged_for}: {message}");
                }
            }
            Ok(())
        })
        .await
}

/// Runs the command, which must succeed.
async fn resealed(scene: &Scene, cluster: usize, how: Reseal, sealed: &Value) -> Result<Value> {
    scene.reseal(cluster, how, sealed).await?.map_err(|said| anyhow::anyhow!("{how:?} failed: {said}"))
}
