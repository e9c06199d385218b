//! One controller at a time, ours or upstream's, in the Deployment of our chart.

use std::sync::Arc;

use anyhow::{Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, ListParams};
use tests::chart::CONTROLLER_NAME;
use tests::chart::rendered::Rendered;
use tests::chart::upstream_rights;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tokio::sync::Mutex;

/// The namespace of the controller and its keys.
const HOME: &str = "kube-system";

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    chart: Rendered,
    turn: Mutex<()>,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let chart = lab.chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    upstream_rights::grant(&lab.client(), HOME, CONTROLLER_NAME).await?;
    Ok(Arc::new(Stage { lab, chart, turn: Mutex::new(()) }))
}

impl Stage {
    /// Runs a test alone, in a cluster without sealing keys.
    pub(crate) async fn alone(&self, test: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
        let _turn = self.turn.lock().await;
        let secrets: Api<Secret> = Api::namespaced(self.lab.client(), HOME);
        secrets.delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
        test().await
    }

    /// Starts a controller, and waits until it is ready.
    pub(crate) async fn start(&self, maker: Maker) -> Result<Pod> {
        let mut pod = Pod::of(&self.chart.deployment()?).maker(maker).start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }

    /// Stops a controller. Ours must exit with success.
    pub(crate) async fn stop(&self, maker: Maker, pod: Pod) -> Result<()> {
        let status = pod.stop().await?;
        ensure!(maker == Maker::Upstream || status.success(), "our controller ended with {status}");
        Ok(())
    }
}
