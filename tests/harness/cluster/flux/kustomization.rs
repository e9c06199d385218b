//! [`Kustomization`]: a Kustomization object of Flux's, and its status.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Client, ResourceExt as _};
use serde_json::{Value, json};

use crate::test::eventually::eventually;

/// The field manager of what the harness applies.
pub(crate) const FIELD_MANAGER: &str = "sealed-secrets-tests";

/// Longer than the shortest time-out that Flux has for health checks, which is 30 s.
const SOON: Duration = Duration::from_secs(90);

/// A Kustomization in the cluster.
#[derive(Debug)]
pub struct Kustomization {
    objects: Api<DynamicObject>,
    name: String,
}

/// The condition `Ready` at the end of a reconciliation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Whether its status is True.
    pub ready: bool,
    /// The condition's reason.
    pub reason: String,
    /// Flux's message.
    pub message: String,
}

impl Kustomization {
    pub(crate) async fn apply(client: &Client, manifest: &Value) -> Result<Self> {
        let object: DynamicObject =
            serde_json::from_value(manifest.clone()).context("not a Kubernetes object")?;
        let namespace = object.namespace().context("the Kustomization has no namespace")?;
        let kind = GroupVersionKind::gvk("kustomize.toolkit.fluxcd.io", "v1", "Kustomization");
        let objects = Api::namespaced_with(client.clone(), &namespace, &ApiResource::from_gvk(&kind));
        let kustomization = Self { objects, name: object.name_any() };
        kustomization
            .objects
            .patch(&kustomization.name, &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(manifest))
            .await
            .with_context(|| format!("cannot apply the Kustomization {}", kustomization.name))?;
        Ok(kustomization)
    }

    /// `kubectl patch --type merge`.
    pub async fn patch(&self, patch: &Value) -> Result<()> {
        self.objects.patch(&self.name, &PatchParams::default(), &Patch::Merge(patch)).await?;
        Ok(())
    }

    /// `kubectl delete`, without waiting.
    pub async fn delete(&self) -> Result<()> {
        self.objects.delete(&self.name, &DeleteParams::default()).await?;
        Ok(())
    }

    /// `flux reconcile kustomization`: requests a reconciliation, and waits until it ends; returns its result.
    pub async fn reconcile(&self) -> Result<Ready> {
        let now = Timestamp::now().to_string();
        let request = json!({ "metadata": { "annotations": { "reconcile.fluxcd.io/requestedAt": now } } });
        self.patch(&request).await?;
        self.eventually("it has reconciled as requested", |status| {
            ensure!(status["lastHandledReconcileAt"] == now, "{status}");
            ended(status)
        })
        .await
    }

    /// Waits until a reconciliation of `revision` has ended; returns its result.
    pub async fn attempted(&self, revision: &str) -> Result<Ready> {
        self.eventually("it has attempted the revision", |status| {
            ensure!(status["lastAttemptedRevision"] == revision, "{status}");
            ended(status)
        })
        .await
    }

    /// Waits until it is Ready with `revision`.
    pub async fn sees_ready(&self, revision: &str) -> Result<()> {
        self.eventually("it is Ready", |status| {
            let ready = ended(status)?;
            ensure!(ready.ready && status["lastAppliedRevision"] == revision, "{status}");
            Ok(())
        })
        .await
    }

    /// Waits until a reconciliation of `revision` has failed; returns its result.
    pub async fn sees_failed(&self, revision: &str) -> Result<Ready> {
        let ready = self.attempted(revision).await?;
        ensure!(!ready.ready, "{} is Ready: {}", self.name, ready.message);
        Ok(ready)
    }

    /// The current status; null before there is one.
    pub async fn status(&self) -> Result<Value> {
        Ok(self.objects.get(&self.name).await?.data["status"].clone())
    }

    /// The objects that it has applied and may prune: `NAMESPACE_NAME_GROUP_KIND`.
    pub async fn inventory(&self) -> Result<Vec<String>> {
        let status = self.status().await?;
        let entries = status["inventory"]["entries"].as_array().cloned().unwrap_or_default();
        Ok(entries.iter().filter_map(|entry| entry["id"].as_str().map(str::to_owned)).collect())
    }

    /// Waits until `holds` accepts the status.
    pub async fn eventually<T>(&self, what: &str, holds: impl Fn(&Value) -> Result<T>) -> Result<T> {
        let what = format!("of the Kustomization {}: {what}", self.name);
        eventually(SOON, &what, async || holds(&self.status().await?)).await
    }
}

/// The result of the last reconciliation; an error while one is under way.
fn ended(status: &Value) -> Result<Ready> {
    let conditions = status["conditions"].as_array().context("no conditions")?;
    let ready = conditions.iter().find(|condition| condition["type"] == "Ready").context("no Ready")?;
    let word = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
    ensure!(ready["status"] != "Unknown", "under way: {}", word("message"));
    Ok(Ready { ready: ready["status"] == "True", reason: word("reason"), message: word("message") })
}
