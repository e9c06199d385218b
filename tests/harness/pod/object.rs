//! The Pod object, and the status that a kubelet writes. Its process is in `Pod`.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Endpoints, Pod, PodSpec, Service};
use kube::api::{Api, DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;

use crate::test::cleanup::Cleanup;
use crate::test::eventually::eventually;

/// How long a status may take, if the API server is busy.
const WRITTEN: Duration = Duration::from_secs(30);

/// A Pod that exists at the API server until it is deleted, at the latest when this is dropped.
pub(crate) struct PodObject {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) uid: String,
    labels: BTreeMap<String, String>,
    ip: Ipv4Addr,
    /// None once the Pod is deleted. A test that failed before it stopped its pod must not leave an address in the
    /// Endpoints for the next test.
    cleanup: Option<Cleanup>,
}

impl PodObject {
    /// Creates the Pod `name` of the Deployment's template, running at `ip`, not ready.
    pub(crate) async fn create(
        client: &Client,
        deployment: &Deployment,
        namespace: &str,
        name: String,
        ip: Ipv4Addr,
    ) -> Result<Self> {
        let template =
            deployment.spec.as_ref().map(|spec| &spec.template).context("the Deployment has no spec")?;
        let metadata = template.metadata.clone().unwrap_or_default();
        let labels = metadata.labels.clone().unwrap_or_default();
        let metadata =
            ObjectMeta { name: Some(name.clone()), namespace: Some(namespace.to_owned()), ..metadata };
        let spec = template.spec.clone().context("the Deployment's template has no spec")?;
        // There is no scheduler: a Pod that names its node needs none.
        let spec = PodSpec { node_name: Some("local".into()), ..spec };
        let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
        let pod = Pod { metadata, spec: Some(spec), status: None };
        let created = pods
            .create(&PostParams::default(), &pod)
            .await
            .with_context(|| format!("cannot create Pod {name}"))?;
        let uid = created.uid().unwrap_or_default();
        let cleanup = Some(Cleanup::new(delete(client.clone(), namespace.to_owned(), name.clone())));
        let object = Self { name, namespace: namespace.to_owned(), uid, labels, ip, cleanup };
        object.set_ready(client, false).await?;
        Ok(object)
    }

    pub(crate) async fn mark_ready(&self, client: &Client) -> Result<()> {
        self.set_ready(client, true).await
    }

    /// Removes it from its Services' Endpoints.
    pub(crate) async fn mark_terminating(&self, client: &Client) -> Result<()> {
        self.set_ready(client, false).await
    }

    /// Whether the Endpoints of every Service that selects it hold it: then the service proxy reaches it.
    pub(crate) async fn reachable(&self, client: &Client) -> Result<()> {
        let services: Api<Service> = Api::namespaced(client.clone(), &self.namespace);
        let endpoints: Api<Endpoints> = Api::namespaced(client.clone(), &self.namespace);
        for service in services.list(&ListParams::default()).await? {
            let Some(selector) = service.spec.as_ref().and_then(|spec| spec.selector.as_ref()) else {
                continue;
            };
            if !selector.iter().all(|(key, value)| self.labels.get(key) == Some(value)) {
                continue;
            }
            let name = service.name_any();
            let subsets = endpoints.get(&name).await?.subsets.unwrap_or_default();
            let mut addresses = subsets.into_iter().flat_map(|subset| subset.addresses.unwrap_or_default());
            let ip = self.ip.to_string();
            ensure!(addresses.any(|address| address.ip == ip), "the Endpoints of Service {name} lack {ip}");
        }
        Ok(())
    }

    pub(crate) async fn delete(&mut self) -> Result<()> {
        match self.cleanup.take() {
            Some(cleanup) => cleanup.now().await,
            None => Ok(()),
        }
    }

    async fn set_ready(&self, client: &Client, ready: bool) -> Result<()> {
        let status = if ready { "True" } else { "False" };
        let ip = self.ip.to_string();
        let conditions =
            json!([{ "type": "Ready", "status": status }, { "type": "ContainersReady", "status": status }]);
        let status =
            json!({ "phase": "Running", "podIP": ip, "podIPs": [{ "ip": ip }], "conditions": conditions });
        let pods: Api<Pod> = Api::namespaced(client.clone(), &self.namespace);
        let patch = Patch::Merge(json!({ "status": status }));
        // As a kubelet, which tries again: etcd does not answer in time while a disk is busy.
        eventually(WRITTEN, &format!("the status of Pod {} is written", self.name), async || {
            Ok(pods.patch_status(&self.name, &PatchParams::default(), &patch).await.map(drop)?)
        })
        .await
    }
}

impl std::fmt::Debug for PodObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pod {}/{} at {}", self.namespace, self.name, self.ip)
    }
}

/// Without a grace period: the API server would wait for a kubelet.
async fn delete(client: Client, namespace: String, name: String) -> Result<()> {
    let pods: Api<Pod> = Api::namespaced(client, &namespace);
    match pods.delete(&name, &DeleteParams::default().grace_period(0)).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot delete Pod {name}")),
    }
}
