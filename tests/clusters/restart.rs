//! A restart of the controllers.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::ObservedSealedSecret;
use kube::api::{Api, ListParams};
use tests::lab::Maker;
use tests::test::eventually::eventually;

use crate::scene::cluster::{Cluster, SOON};
use crate::stage::Stage;

const VALUES: [(&str, &str); 2] = [("a", "1"), ("b", "2")];

/// Counted by the controller's own metric of objects that it has opened or refused.
pub(crate) async fn a_restart_opens_nothing_again(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(Maker::Ours, async |scene| {
            let opened = scene.seal("opened", &VALUES).await?;
            let mut refused = scene.seal("refused", &VALUES).await?;
            // The items of another name.
            refused["spec"] = opened["spec"].clone();
            for file in [&opened, &refused] {
                scene.apply(file).await?;
            }
            for cluster in &scene.clusters {
                cluster.opens(&opened, &VALUES).await?;
                cluster.refuses(&refused, &["a", "b"], "").await?;
                only_these_are_left(cluster, &scene.namespace).await?;
            }
            for index in 0..2 {
                let before = scene.clusters[index].versions(&opened).await?;
                scene.clusters[index].stop().await?;
                scene.clusters[index].start_controller().await?;
                // A new object is unsealed after everything that was listed before it.
                let marker = scene.seal(&format!("marker-{index}"), &VALUES).await?;
                let cluster = &scene.clusters[index];
                cluster.person.apply(&marker).await?;
                cluster.opens(&marker, &VALUES).await?;
                ensure!(cluster.versions(&opened).await? == before, "cluster {index}: it was written again");
                let requests = cluster.unseal_requests().await?;
                ensure!(requests == 2, "cluster {index}: {requests} and not the refused one and the marker");
            }
            Ok(())
        })
        .await
}

/// Waits until the SealedSecrets of earlier tests are gone.
async fn only_these_are_left(cluster: &Cluster, namespace: &str) -> Result<()> {
    let all: Api<ObservedSealedSecret> = Api::all(cluster.site.lab.client());
    eventually(SOON, "the SealedSecrets of earlier tests are gone", async || {
        let left = all.list(&ListParams::default()).await?.items;
        let other = left.iter().find(|it| it.metadata.namespace.as_deref() != Some(namespace));
        ensure!(other.is_none(), "{:?} is left", other.context("none")?.metadata.namespace);
        Ok(())
    })
    .await
}
