//! One file, applied to both clusters.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::SealedSecretStatus;
use kube::ResourceExt as _;
use serde_json::Value;
use tests::lab::Maker;

use crate::scene::cluster::{Cluster, name_of};
use crate::stage::{Scene, Stage};

pub(crate) async fn opens_in_both_clusters_of_ours(stage: Arc<Stage>) -> Result<()> {
    stage.play(Maker::Ours, async |scene| opens_in_both(scene).await).await
}

pub(crate) async fn opens_in_upstreams_cluster_and_in_ours(stage: Arc<Stage>) -> Result<()> {
    stage.play(Maker::Upstream, async |scene| opens_in_both(scene).await).await
}

/// In each scope, with one item and with twenty.
async fn opens_in_both(scene: &Scene) -> Result<()> {
    let many: Vec<(String, String)> =
        (0..20).map(|number| (format!("item-{number}"), "v".repeat(number))).collect();
    let many: Vec<_> = many.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let one = [("password", "zażółć gęślą jaźń 🔑\n")];
    let mut files = Vec::new();
    for (name, scope, values) in [
        ("strict", None, &one[..]),
        ("many", None, &many),
        ("namespace-wide", Some("namespace-wide"), &one),
        ("cluster-wide", Some("cluster-wide"), &many),
    ] {
        files.push((scene.seal_in_scope(name, scope, values).await?, values));
    }
    for (file, _) in &files {
        scene.apply(file).await?;
    }
    for (file, values) in &files {
        let mut secrets = Vec::new();
        for cluster in &scene.clusters {
            let status = cluster
                .opens(file, values)
                .await
                .with_context(|| name_of(file).unwrap_or_default().to_owned())?;
            if cluster.maker == Maker::Ours {
                opened_by_the_newest_key(cluster, &status).await?;
            }
            let secret = cluster.person.get_secret(&scene.namespace, name_of(file)?).await?;
            ensure!(secret.owner_references().len() == 1, "{:?}", secret.owner_references());
            secrets.push((secret.data, secret.type_, secret.metadata.labels));
        }
        ensure!(secrets[0] == secrets[1], "{}: the Secrets differ in more than their values", name_of(file)?);
    }
    a_change_opens_too(scene, &files[0].0).await
}

/// An item is changed, and one is added, with certificates alone.
async fn a_change_opens_too(scene: &Scene, file: &Value) -> Result<()> {
    let mut changed = file.clone();
    scene.merge(&mut changed, 0, "password", "another").await?;
    scene.merge(&mut changed, 0, "user", "root").await?;
    scene.apply(&changed).await?;
    for cluster in &scene.clusters {
        cluster.opens(&changed, &[("password", "another"), ("user", "root")]).await?;
    }
    Ok(())
}

/// The status names the key of this cluster, and no other.
pub(crate) async fn opened_by_the_newest_key(cluster: &Cluster, status: &SealedSecretStatus) -> Result<()> {
    let own = BTreeSet::from([cluster.certificate().await?.fingerprint().to_string()]);
    ensure!(status.opened_by.as_ref() == Some(&own), "openedBy is {:?}, and not {own:?}", status.opened_by);
    Ok(())
}
