//! One controller at a time, on the same keys, in the Deployment of our chart.

use std::sync::Arc;

use anyhow::Result;
use tests::chart::CONTROLLER_NAME;
use tests::chart::rendered::Rendered;
use tests::chart::upstream_rights;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tokio::sync::Mutex;

const HOME: &str = "kube-system";

/// Upstream's tries after the first one. It shares ten a second among all objects beyond the first hundred, so its
/// default of five for each object would take long.
pub(crate) const RETRIES: i64 = 1;

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    pub turn: Mutex<()>,
    chart: Rendered,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let chart = lab.chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    upstream_rights::grant(&lab.client(), HOME, CONTROLLER_NAME).await?;
    Ok(Arc::new(Stage { lab, turn: Mutex::new(()), chart }))
}

impl Stage {
    /// Starts a controller, and waits until it is ready.
    pub(crate) async fn start(&self, maker: Maker) -> Result<Pod> {
        let pod = Pod::of(&self.chart.deployment()?).maker(maker).flag("key-size", "2048");
        let pod = match maker {
            Maker::Ours => pod,
            Maker::Upstream => {
                pod.flag("kubeclient-qps", "-1").flag("max-unseal-retries", &RETRIES.to_string())
            }
        };
        let mut pod = pod.start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }
}
