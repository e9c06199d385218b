//! Two control planes with our chart, and what each test gets: a controller in each, and a namespace that both have.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use futures::future;
use tempfile::TempDir;
use tests::chart::CONTROLLER_NAME;
use tests::chart::rendered::Rendered;
use tests::chart::upstream_rights;
use tests::lab::{Lab, Maker};
use tests::programs::program::Program;
use tests::test::suite;
use tests::test::temp_namespace::with_temp_ns_in;

use crate::scene::cluster::Cluster;

/// The namespace of the controllers and their keys.
pub(crate) const HOME: &str = "kube-system";

/// A control plane with our chart, in which no controller runs.
pub(crate) struct Site {
    pub lab: Lab,
    pub chart: Rendered,
}

/// Both control planes. Sealing keys stay from test to test, so that the SealedSecrets of earlier tests open.
pub(crate) struct Stage {
    sites: [Arc<Site>; 2],
}

/// Both clusters, with a controller each.
pub(crate) struct Scene {
    /// The one that items are sealed to, and the one that has entries in the annotation.
    pub clusters: [Cluster; 2],
    /// The namespace, which both have.
    pub namespace: String,
    /// For files.
    pub folder: TempDir,
}

pub(crate) async fn start() -> Result<Stage> {
    let first = Lab::start(&Program::SYSTEM).await?;
    let second = Lab::start_with(first.programs.clone(), first.binaries.clone()).await?;
    let (first, second) = Box::pin(future::try_join(site(first), site(second))).await?;
    Ok(Stage { sites: [first, second] })
}

async fn site(lab: Lab) -> Result<Arc<Site>> {
    let chart = lab.chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    upstream_rights::grant(&lab.client(), HOME, CONTROLLER_NAME).await?;
    Ok(Arc::new(Site { lab, chart }))
}

impl suite::Stage for Stage {
    async fn stop(&self) -> Result<()> {
        future::try_join_all(self.sites.iter().map(|site| site.lab.stop())).await?;
        Ok(())
    }
}

impl Stage {
    /// Runs a test with our controller in the second cluster, and with this one in the first.
    pub(crate) async fn play(
        &self,
        first: Maker,
        test: impl AsyncFnOnce(&mut Scene) -> Result<()>,
    ) -> Result<()> {
        let labs = self.sites.each_ref().map(|site| &site.lab);
        with_temp_ns_in(&labs, async |namespace| {
            let cluster = |index: usize, maker| Cluster::start(&self.sites[index], maker, namespace);
            let (first, second) = future::try_join(cluster(0, first), cluster(1, Maker::Ours)).await?;
            let folder = tempfile::tempdir().context("cannot make a folder")?;
            let mut scene = Scene { clusters: [first, second], namespace: namespace.to_owned(), folder };
            test(&mut scene).await?;
            for cluster in &mut scene.clusters {
                cluster.stop().await?;
            }
            Ok(())
        })
        .await
    }
}
