//! Upstream's own chart at its defaults: its CustomResourceDefinition, its permissions, which are fewer than our
//! chart's, and its Deployment.

use std::sync::Arc;

use anyhow::Result;
use k8s_openapi::api::apps::v1::Deployment;
use tests::lab::Lab;
use tokio::sync::Mutex;

/// The namespace of the installation.
pub(crate) const HOME: &str = "kube-system";

/// A lab with upstream's chart in it, and the Deployment for the pods.
pub(crate) struct Installation {
    pub lab: Arc<Lab>,
    pub deployment: Deployment,
    /// Locked while controllers run: each unseals in the other test's namespaces too.
    pub turn: Mutex<()>,
}

/// Installs the chart; the test starts the Deployment's pods.
pub(crate) async fn install(lab: Arc<Lab>) -> Result<Arc<Installation>> {
    let chart = lab.upstream_chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    Ok(Arc::new(Installation { deployment: chart.deployment()?, lab, turn: Mutex::default() }))
}
