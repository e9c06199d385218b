//! [`Person`]: what a user does at a terminal, and sees: seals, applies, edits, deletes, reads. It does not know what
//! should be seen; [`eventually`] waits for that.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, ObservedSealedSecret, SealedSecretStatus};
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Client, ResourceExt as _};
use serde_json::{Value, json};

use crate::lab::{Lab, Maker};
use crate::process::cli::Cli;
use crate::test::eventually::eventually;

/// Longer than anything takes. Garbage collection discovers a new kind within 30 seconds.
const SOON: Duration = Duration::from_secs(90);

/// A user with a cluster and a kubeseal.
#[derive(Clone)]
pub struct Person {
    client: Client,
    kubeseal: Cli,
}

impl Person {
    /// A user of the kubeseal of `maker`.
    pub fn with(lab: &Lab, maker: Maker) -> Result<Self> {
        Ok(Self { client: lab.client(), kubeseal: lab.kubeseal(maker)? })
    }

    /// A Secret of these values, as a user would write it.
    pub fn secret(namespace: &str, name: &str, values: &Value) -> Value {
        json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name, "namespace": namespace },
            "stringData": values,
        })
    }

    /// A user with the permissions of `client`, and this kubeseal.
    pub const fn new(client: Client, kubeseal: Cli) -> Self {
        Self { client, kubeseal }
    }

    /// Seals `secret` for the controller in the cluster.
    pub async fn seal(&self, secret: &Value, args: &[&str]) -> Result<Value> {
        let sealed = self.kubeseal.output(args, secret.to_string().as_bytes()).await?;
        serde_json::from_slice(&sealed).context("kubeseal wrote no JSON")
    }

    /// `kubectl apply`: SealedSecret or Secret, whole.
    pub async fn apply(&self, object: &Value) -> Result<()> {
        let (api, name) = self.api_of(object)?;
        let params = PatchParams::apply("person").force();
        api.patch(&name, &params, &Patch::Apply(object))
            .await
            .with_context(|| format!("cannot apply {name}"))?;
        Ok(())
    }

    /// Seals `secret` and applies the result.
    pub async fn seal_and_apply(&self, secret: &Value, args: &[&str]) -> Result<()> {
        self.apply(&self.seal(secret, args).await?).await
    }

    /// `kubectl patch --type merge` on a SealedSecret.
    pub async fn patch_sealed(&self, namespace: &str, name: &str, patch: &Value) -> Result<()> {
        self.sealed_secrets(namespace).patch(name, &PatchParams::default(), &Patch::Merge(patch)).await?;
        Ok(())
    }

    /// `kubectl patch --type merge` on a Secret.
    pub async fn patch_secret(&self, namespace: &str, name: &str, patch: &Value) -> Result<()> {
        self.patch_secret_as("person", namespace, name, patch).await
    }

    /// `kubectl patch --type merge --field-manager MANAGER` on a Secret.
    pub async fn patch_secret_as(
        &self,
        manager: &str,
        namespace: &str,
        name: &str,
        patch: &Value,
    ) -> Result<()> {
        let params = PatchParams { field_manager: Some(manager.into()), ..PatchParams::default() };
        self.secrets(namespace).patch(name, &params, &Patch::Merge(patch)).await?;
        Ok(())
    }

    /// `kubectl delete sealedsecret`.
    pub async fn delete_sealed(&self, namespace: &str, name: &str) -> Result<()> {
        self.sealed_secrets(namespace).delete(name, &DeleteParams::default()).await?;
        Ok(())
    }

    /// `kubectl delete secret`.
    pub async fn delete_secret(&self, namespace: &str, name: &str) -> Result<()> {
        self.secrets(namespace).delete(name, &DeleteParams::default()).await?;
        Ok(())
    }

    /// The Secret, as it is now.
    pub async fn get_secret(&self, namespace: &str, name: &str) -> Result<Secret> {
        Ok(self.secrets(namespace).get(name).await?)
    }

    /// The SealedSecret, as it is now, with any fields.
    pub async fn get_sealed(&self, namespace: &str, name: &str) -> Result<ObservedSealedSecret> {
        Ok(self.sealed_secrets(namespace).get(name).await?)
    }

    /// Waits until the Secret has exactly these values.
    pub async fn sees_values(&self, namespace: &str, name: &str, values: &[(&str, &[u8])]) -> Result<Secret> {
        eventually(SOON, &format!("the Secret {name} has the values that were sealed"), async || {
            let secret = self.get_secret(namespace, name).await?;
            let data = secret.data.clone().unwrap_or_default();
            let keys: Vec<&String> = data.keys().collect();
            ensure!(data.len() == values.len(), "it has the keys {keys:?}");
            for (key, value) in values {
                let same = data.get(*key).is_some_and(|there| there.0 == *value);
                ensure!(same, "{key} has another value, or is none of {keys:?}");
            }
            Ok(secret)
        })
        .await
    }

    /// Waits until the Secret does not exist.
    pub async fn sees_no_secret(&self, namespace: &str, name: &str) -> Result<()> {
        eventually(SOON, &format!("the Secret {name} is gone"), async || {
            ensure!(self.secrets(namespace).get_opt(name).await?.is_none(), "it is still there");
            Ok(())
        })
        .await
    }

    /// Waits until `Synced` has this status for the newest generation; returns the whole status.
    pub async fn sees_synced(
        &self,
        namespace: &str,
        name: &str,
        wanted: ConditionStatus,
    ) -> Result<SealedSecretStatus> {
        eventually(SOON, &format!("{name} is Synced={wanted:?}"), async || {
            let sealed = self.get_sealed(namespace, name).await?;
            let status = sealed.status.unwrap_or_default();
            let synced = status.condition(Condition::SYNCED).context("no condition Synced")?;
            ensure!(synced.status == wanted, "{:?}: {:?}", synced.status, synced.message);
            ensure!(status.observed_generation == sealed.metadata.generation, "of an older generation");
            Ok(status)
        })
        .await
    }

    /// Waits until the SealedSecret has an event with this reason; returns its message.
    pub async fn sees_event(&self, namespace: &str, name: &str, reason: &str) -> Result<String> {
        eventually(SOON, &format!("an event {reason} on {name}"), async || {
            let events = self.events(namespace, name).await?;
            let event = events.into_iter().find(|event| event.reason.as_deref() == Some(reason));
            Ok(event.context("none yet")?.message.unwrap_or_default())
        })
        .await
    }

    /// The events on a SealedSecret.
    pub async fn events(&self, namespace: &str, name: &str) -> Result<Vec<Event>> {
        let events: Api<Event> = Api::namespaced(self.client.clone(), namespace);
        let about = format!("involvedObject.kind=SealedSecret,involvedObject.name={name}");
        Ok(events.list(&ListParams::default().fields(&about)).await?.items)
    }

    fn secrets(&self, namespace: &str) -> Api<Secret> {
        Api::namespaced(self.client.clone(), namespace)
    }

    fn sealed_secrets(&self, namespace: &str) -> Api<ObservedSealedSecret> {
        Api::namespaced(self.client.clone(), namespace)
    }

    fn api_of(&self, object: &Value) -> Result<(Api<DynamicObject>, String)> {
        let read: DynamicObject =
            serde_json::from_value(object.clone()).context("not a Kubernetes object")?;
        let types = read.types.as_ref().context("the object has no kind")?;
        let kind = GroupVersionKind::try_from(types)?;
        let namespace = read.namespace().context("the object has no namespace")?;
        let api = Api::namespaced_with(self.client.clone(), &namespace, &ApiResource::from_gvk(&kind));
        Ok((api, read.name_any()))
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("kubeseal", &self.kubeseal).finish_non_exhaustive()
    }
}
