//! Our controller, started and stopped by the test itself, in a cluster that has no sealing keys at first.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key;
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::api::{Api, DeleteParams, ListParams};
use tests::chart::rendered::Rendered;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::pod::builder::PodBuilder;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;
use tokio::sync::Mutex;

/// The namespace of the controller and its keys.
pub(crate) const HOME: &str = "kube-system";

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    pub person: Person,
    chart: Rendered,
    turn: Mutex<()>,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let chart = lab.chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    let person = Person::with(&lab, Maker::Ours)?;
    Ok(Arc::new(Stage { lab, person, chart, turn: Mutex::new(()) }))
}

impl Stage {
    /// Runs a test alone, in a namespace of its own.
    pub(crate) async fn alone(&self, test: impl AsyncFnOnce(&str) -> Result<()>) -> Result<()> {
        let _turn = self.turn.lock().await;
        self.secrets().delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
        with_temp_ns(&self.lab, test).await
    }

    /// A controller to be started. Its keys are small, because their size is not tested here.
    pub(crate) fn pod(&self) -> Result<PodBuilder> {
        Ok(Pod::of(&self.chart.deployment()?).flag("key-size", "2048"))
    }

    /// The memory limit that the chart gives the controller, in MiB.
    pub(crate) fn memory_limit(&self) -> Result<u64> {
        let pod = self.chart.deployment()?.spec.and_then(|spec| spec.template.spec).context("no pod")?;
        let limits = pod.containers[0].resources.clone().and_then(|resources| resources.limits);
        let memory = limits.and_then(|limits| limits.get("memory").cloned()).context("no memory limit")?.0;
        Ok(memory.strip_suffix("Mi").context("not in MiB")?.parse()?)
    }

    /// Starts a controller and waits until it is ready.
    pub(crate) async fn start(&self) -> Result<Pod> {
        let mut pod = self.pod()?.start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }

    /// The Secrets beside the controller.
    pub(crate) fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.lab.client(), HOME)
    }

    /// The events that these fields select.
    pub(crate) async fn events(&self, namespace: &str, about: &str) -> Result<Vec<Event>> {
        let events: Api<Event> = Api::namespaced(self.lab.client(), namespace);
        Ok(events.list(&ListParams::default().fields(about)).await?.items)
    }

    /// The Secrets with the key label, whatever its value.
    pub(crate) async fn keys(&self) -> Result<Vec<Secret>> {
        let labelled = ListParams::default().labels(sealing_key::LABEL);
        Ok(self.secrets().list(&labelled).await?.items)
    }
}

/// Stops the controller, which must exit with success.
pub(crate) async fn stop(pod: Pod) -> Result<()> {
    let status = pod.stop().await?;
    ensure!(status.success(), "the controller ended with {status}");
    Ok(())
}
