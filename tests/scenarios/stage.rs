//! One controller at a time, on the same keys, in the Deployment of our chart.

use std::sync::Arc;

use anyhow::Result;
use tests::chart::{CONTROLLER_NAME, Rendered};
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::upstream_rights;
use tokio::sync::Mutex;

const HOME: &str = "kube-system";

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
        let pod = if maker == Maker::Upstream { pod.flag("kubeclient-qps", "-1") } else { pod };
        let mut pod = pod.start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }
}
