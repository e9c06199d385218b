//! One controller at a time, on the same keys unless it wraps them, in the Deployment of our chart.

use std::sync::Arc;

use anyhow::Result;
use api::sealing_key;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, ListParams};
use tests::chart::CONTROLLER_NAME;
use tests::chart::rendered::Rendered;
use tests::chart::upstream_rights;
use tests::kms::kms_plugin::KmsPlugin;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::pod::builder::PodBuilder;
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
        self.ready(pod).await
    }

    /// Starts ours where there is no key yet, with this service to wrap them, and waits until it is ready.
    pub(crate) async fn start_wrapping(&self, plugin: &KmsPlugin) -> Result<Pod> {
        self.without_keys().await?;
        let provider = format!("kmsv2:unix://{}", plugin.socket().display());
        let chart = self.lab.chart(HOME)?.set("keyWrapping.providers[0]", &provider);
        let chart = chart.set("keyWrapping.clusterName", "scenarios").render().await?;
        chart.apply_but_definitions(&self.lab.client()).await?;
        self.ready(Pod::of(&chart.deployment()?).flag("key-size", "2048")).await
    }

    /// Deletes all keys, and installs the chart without a service.
    pub(crate) async fn without_keys(&self) -> Result<()> {
        let labelled = ListParams::default().labels(sealing_key::LABEL);
        self.secrets().delete_collection(&DeleteParams::default(), &labelled).await?;
        self.chart.apply_but_definitions(&self.lab.client()).await
    }

    /// The number of keys with this value of the label.
    pub(crate) async fn count_keys(&self, label: &str) -> Result<usize> {
        let labelled = ListParams::default().labels(&format!("{}={label}", sealing_key::LABEL));
        Ok(self.secrets().list_metadata(&labelled).await?.items.len())
    }

    fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.lab.client(), HOME)
    }

    async fn ready(&self, pod: PodBuilder) -> Result<Pod> {
        let mut pod = pod.start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }
}
