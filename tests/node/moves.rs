//! From upstream's chart and program to ours, by the image and by the chart, and back, in one release.

use std::sync::Arc;

use anyhow::{Result, ensure};
use tests::lab::Maker;
use tests::workspace;

use crate::release::Release;
use crate::stage::{IMAGE, Stage};

/// Each step unseals, serves the same certificate, and neither loses a key nor makes one.
pub(crate) async fn from_upstreams_chart_to_ours_and_back(stage: Arc<Stage>) -> Result<()> {
    Release::with(&stage, async |release| {
        let theirs = &stage.upstream_chart;
        let (repository, tag) = IMAGE.rsplit_once(':').unwrap_or((IMAGE, ""));
        let (registry, repository) = repository.split_once('/').unwrap_or(("", repository));
        let image = format!("image.registry={registry},image.repository={repository},image.tag={tag}");
        release.install_chart(theirs, &[]).await?;
        release.rolled_out().await?;
        // Upstream's is Ready before it has a key.
        release.unseals("upstreams").await?;
        let (keys, certificate) = (release.keys().await?, release.certificate(Maker::Upstream).await?);
        ensure!(keys.len() == 1, "{keys:?}");
        let still_right = async |step: &str| {
            release.rolled_out().await?;
            release.unseals(step).await?;
            for maker in [Maker::Ours, Maker::Upstream] {
                let served = release.certificate(maker).await?;
                ensure!(served == certificate, "{step}: {maker:?}'s kubeseal fetched another certificate");
            }
            let now = release.keys().await?;
            ensure!(now == keys, "{step}: the keys were {keys:?}, and are {now:?}");
            for name in ["upstreams", step] {
                release.person()?.sees_values("default", name, &[("value", name.as_bytes())]).await?;
            }
            anyhow::Ok(())
        };
        release.upgrade_to_chart(theirs, &["--set", &image]).await?;
        still_right("our-image").await?;
        release.upgrade_to_chart(theirs, &[]).await?;
        still_right("their-image").await?;
        release.upgrade_to_chart(&workspace::root().join("charts/sealed-secrets"), &[]).await?;
        still_right("our-chart").await?;
        // Revision 3 is upstream's chart with upstream's image.
        release.roll_back(3).await?;
        still_right("rolled-back").await?;
        release.roll_back(4).await?;
        still_right("our-chart-again").await
    })
    .await
}
