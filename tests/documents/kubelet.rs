//! [`Kubelet`]: runs the controller of the cluster's Deployment while a page is followed: starts it when the page
//! installs it, replaces it when the page changes it, ends it when the page removes it. It acts as the Deployment
//! controller too, and reports the rollout that `kubectl rollout status` waits for.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use tests::chart::CONTROLLER_NAME;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tokio::sync::Mutex;

/// The namespace in which every page installs the controller.
const HOME: &str = "kube-system";

const LOOK: Duration = Duration::from_millis(200);

pub(crate) struct Kubelet<'a> {
    lab: &'a Lab,
    running: Mutex<Running>,
}

/// The Pods of one generation of the Deployment.
#[derive(Default)]
struct Running {
    generation: Option<i64>,
    pods: Vec<Pod>,
}

impl<'a> Kubelet<'a> {
    pub(crate) fn new(lab: &'a Lab) -> Self {
        Self { lab, running: Mutex::default() }
    }

    /// Works until it is dropped.
    pub(crate) async fn work(&self) -> Result<Infallible> {
        loop {
            self.look().await?;
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Ends what runs.
    pub(crate) async fn stop(&self) -> Result<()> {
        end(std::mem::take(&mut *self.running.lock().await)).await
    }

    async fn look(&self) -> Result<()> {
        let deployments: Api<Deployment> = Api::namespaced(self.lab.client(), HOME);
        let deployment = deployments.get_opt(CONTROLLER_NAME).await?;
        let generation = deployment.as_ref().and_then(|it| it.metadata.generation);
        let mut running = self.running.lock().await;
        if running.generation == generation {
            return Ok(());
        }
        if running.generation.is_none() {
            // The CustomResourceDefinition is new: a restarted garbage collector knows it at once, instead of within 30
            // seconds.
            self.lab.control_plane.restart_controllers().await?;
        }
        let next = match &deployment {
            Some(deployment) => Running { generation, pods: self.start(deployment).await? },
            None => Running::default(),
        };
        end(std::mem::replace(&mut *running, next)).await?;
        if deployment.is_some() {
            report(&deployments, generation, running.pods.len()).await?;
        }
        Ok(())
    }

    async fn start(&self, deployment: &Deployment) -> Result<Vec<Pod>> {
        let spec = deployment.spec.as_ref().context("the Deployment has no spec")?;
        let image = spec.template.spec.as_ref().and_then(|it| it.containers.first()?.image.clone());
        let is_upstreams = image.is_some_and(|image| image.contains("bitnami"));
        let mut pods = Vec::new();
        for _ in 0..spec.replicas.unwrap_or(1) {
            let pod = Pod::of(deployment).flag("key-size", "2048");
            let pod = if is_upstreams { pod.maker(Maker::Upstream).in_cluster() } else { pod };
            let mut pod = pod.start(self.lab).await?;
            pod.wait_ready().await?;
            pods.push(pod);
        }
        Ok(pods)
    }
}

async fn end(running: Running) -> Result<()> {
    for pod in running.pods {
        pod.stop().await?;
    }
    Ok(())
}

async fn report(deployments: &Api<Deployment>, generation: Option<i64>, pods: usize) -> Result<()> {
    let status = json!({ "status": {
        "observedGeneration": generation,
        "replicas": pods, "updatedReplicas": pods, "readyReplicas": pods, "availableReplicas": pods,
    }});
    deployments.patch_status(CONTROLLER_NAME, &PatchParams::default(), &Patch::Merge(&status)).await?;
    Ok(())
}
