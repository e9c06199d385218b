//! Upgrades that fail, and the rollback.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use kube::ResourceExt;
use tests::test::eventually::eventually;

use crate::load::Load;
use crate::release::Release;
use crate::stage::Stage;

/// `helm upgrade --wait` and `--atomic` with one replica: an image that cannot be pulled is a failure, the old pod
/// keeps serving, and `--atomic` leaves the release as it was.
pub(crate) async fn to_an_image_that_does_not_exist_fails_and_the_old_pod_stays(
    stage: Arc<Stage>,
) -> Result<()> {
    Release::with(&stage, async |release| {
        release.install(&[]).await?;
        let names = async || anyhow::Ok(release.pods().await?.iter().map(ResourceExt::name_any).collect());
        let before: Vec<String> = names().await?;
        let load = Load::start(release).await?;
        // The last `--timeout` counts.
        let bad = ["--set", "image.tag=none,image.pullPolicy=Never", "--timeout=8s"];
        let said = release.try_upgrade(&bad).await?.failure(1)?;
        ensure!(said.contains("context deadline exceeded") || said.contains("timed out"), "{said}");
        let after: Vec<String> = names().await?;
        ensure!(before.iter().all(|name| after.contains(name)), "{before:?}, then {after:?}");
        release.unseals("meanwhile").await?;

        // Revision 1 is the installation, 2 is the failed upgrade.
        release.roll_back(1).await?;
        // Helm does not wait until the Pod with the missing image has ended.
        let only_the_old_is_left = async || {
            eventually(Duration::from_secs(20), "only the old pod is left", async || {
                let names = names().await?;
                ensure!(names == before, "{before:?}, then {names:?}");
                Ok(())
            })
            .await
        };
        only_the_old_is_left().await?;
        release.try_upgrade(&[bad.as_slice(), &["--atomic"]].concat()).await?.failure(1)?;
        only_the_old_is_left().await?;
        load.end().await?;
        release.unseals("afterwards").await?;
        Ok(())
    })
    .await
}
