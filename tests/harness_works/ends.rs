//! What is left when something ends: nothing, or a clear message.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use tests::control_plane::ControlPlane;
use tests::lab::Lab;
use tests::test::temp_namespace::with_temp_ns;

/// Whether a process of this id runs. Needs /proc.
pub(crate) fn runs(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

/// A second control plane beside the suite's own, stopped, and a third one, dropped.
pub(crate) async fn a_control_plane_leaves_nothing_behind(lab: Arc<Lab>) -> Result<()> {
    let second = ControlPlane::start(&lab.programs).await?;
    let (processes, dir) = (second.process_ids().await, second.dir().to_owned());
    ensure!(processes.len() == 3 && dir.is_dir(), "{processes:?} run in {}", dir.display());
    ensure!(second.url() != lab.control_plane.url(), "both at {}", second.url());
    second.stop().await?;
    ensure!(!processes.iter().copied().any(runs), "some of {processes:?} still run");
    ensure!(!dir.exists(), "{} is still there", dir.display());
    second.stop().await.context("stopping twice does nothing")?;

    let third = ControlPlane::start(&lab.programs).await?;
    let (processes, dir) = (third.process_ids().await, third.dir().to_owned());
    drop(third);
    tests::test::eventually::eventually(std::time::Duration::from_secs(5), "they are gone", async || {
        ensure!(!processes.iter().copied().any(runs), "some of {processes:?} still run");
        ensure!(!dir.exists(), "{} is still there", dir.display());
        Ok(())
    })
    .await
}

pub(crate) async fn a_failed_test_shows_its_namespace(lab: Arc<Lab>) -> Result<()> {
    let mut name = String::new();
    let outcome: Result<()> = with_temp_ns(&lab, async |namespace| {
        namespace.clone_into(&mut name);
        bail!("on purpose")
    })
    .await;
    let text = format!("{:#}", outcome.err().context("the failure was lost")?);
    ensure!(text.contains(&name) && text.starts_with("on purpose"), "{text}");
    let namespace = Api::<Namespace>::all(lab.client()).get_opt(&name).await?;
    ensure!(namespace.is_none_or(|it| it.metadata.deletion_timestamp.is_some()), "{name} was not deleted");
    Ok(())
}
