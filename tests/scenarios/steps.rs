//! `take`: carries out one step.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ObservedSealedSecret;
use kube::api::{Api, DeleteParams, DynamicObject};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::{Value, json};
use tests::test::eventually::eventually;

use crate::play::Player;
use crate::scenario::{Owner, Sealing, Step};
use crate::snapshot::Snapshot;

/// Longer than either controller takes.
pub(crate) const SOON: Duration = Duration::from_secs(40);

impl Player {
    /// Carries out one step for `object`.
    pub(crate) async fn take(&self, namespace: &str, object: &str, step: &Step) -> Result<()> {
        let person = &self.person;
        match step {
            Step::Apply(value) => person.apply(&placed(value, namespace, object)).await,
            Step::Seal(sealing) => self.seal(namespace, object, sealing).await,
            Step::SealWhole { secret, change } => self.seal_whole(namespace, object, secret, change).await,
            Step::PatchSealed(patch) => person.patch_sealed(namespace, object, patch).await,
            Step::PatchSecret(patch) => person.patch_secret(namespace, object, patch).await,
            Step::Give(owner) => self.give(namespace, object, owner).await,
            Step::DeleteSealed => person.delete_sealed(namespace, object).await,
            Step::OrphanSealed => self.orphan(namespace, object).await,
            Step::DeleteSecret => person.delete_secret(namespace, object).await,
            Step::InVain(step) => self.take_in_vain(namespace, object, step).await,
            Step::Settled => self.sees_it_settled(namespace, object).await,
            Step::Wait(glimpse) => {
                eventually(SOON, "it is as waited for", async || {
                    glimpse.check(&Snapshot::look(&self.client, person, namespace, object).await?)
                })
                .await
            }
        }
    }

    async fn take_in_vain(&self, namespace: &str, object: &str, step: &Step) -> Result<()> {
        let before = Snapshot::look(&self.client, &self.person, namespace, object).await?.traces();
        Box::pin(self.take(namespace, object, step)).await?;
        self.sentinel.pass(&self.person, namespace).await?;
        let after = Snapshot::look(&self.client, &self.person, namespace, object).await?.traces();
        ensure!(before == after, "something came of it: {before:?} is now {after:?}");
        Ok(())
    }

    async fn sees_it_settled(&self, namespace: &str, object: &str) -> Result<()> {
        eventually(SOON, "it is settled", async || {
            let snapshot = Snapshot::look(&self.client, &self.person, namespace, object).await?;
            let settled = snapshot.synced().0 == "True" || snapshot.failures >= self.tries;
            ensure!(settled, "it was tried {} times", snapshot.failures);
            Ok(())
        })
        .await
    }

    async fn seal(&self, namespace: &str, object: &str, sealing: &Sealing) -> Result<()> {
        let mut secret = placed(&sealing.secret, namespace, object);
        secret["apiVersion"] = json!("v1");
        secret["kind"] = json!("Secret");
        let args: Vec<&str> = sealing.args.iter().map(String::as_str).collect();
        let mut sealed = self.person.seal(&secret, &args).await?;
        if sealing.wrap {
            let items = sealed["spec"]["encryptedData"].as_object_mut();
            for item in items.into_iter().flat_map(|items| items.values_mut()) {
                let text = item.as_str().unwrap_or_default();
                *item = json!(format!("{}\r\n{}\n", &text[..100], &text[100..]));
            }
        }
        if let Some(owner) = &sealing.template_owner {
            let owner = self.reference(namespace, owner).await?;
            merge(
                &mut sealed,
                &json!({ "spec": { "template": { "metadata": { "ownerReferences": [owner] } } } }),
            );
        }
        merge(&mut sealed, &sealing.change);
        self.person.apply(&placed(&sealed, namespace, object)).await
    }

    async fn seal_whole(&self, namespace: &str, object: &str, secret: &Value, change: &Value) -> Result<()> {
        let mut secret = placed(secret, namespace, object);
        secret["apiVersion"] = json!("v1");
        secret["kind"] = json!("Secret");
        let args = ["--raw", "--from-file=/dev/stdin", "--namespace", namespace, "--name", object];
        let data = self.kubeseal.output(&args, secret.to_string().as_bytes()).await?;
        let data = String::from_utf8(data).context("kubeseal wrote no text")?;
        let mut sealed = json!({
            "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
            "spec": { "data": data.trim(), "encryptedData": {} },
        });
        merge(&mut sealed, change);
        self.person.apply(&placed(&sealed, namespace, object)).await
    }

    async fn give(&self, namespace: &str, object: &str, owner: &Owner) -> Result<()> {
        let owner = self.reference(namespace, owner).await?;
        let owned = json!({ "metadata": { "ownerReferences": [owner] } });
        self.person.patch_secret(namespace, object, &owned).await
    }

    /// An owner reference to it as controller.
    async fn reference(&self, namespace: &str, owner: &Owner) -> Result<Value> {
        let (group, version) = owner.api_version.split_once('/').unwrap_or(("", &owner.api_version));
        let kind = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &owner.kind));
        let owners = Api::<DynamicObject>::namespaced_with(self.client.clone(), namespace, &kind);
        Ok(json!({
            "apiVersion": owner.api_version, "kind": owner.kind, "name": owner.name,
            "uid": owners.get(&owner.name).await?.metadata.uid, "controller": true,
        }))
    }

    async fn orphan(&self, namespace: &str, object: &str) -> Result<()> {
        let all = Api::<ObservedSealedSecret>::namespaced(self.client.clone(), namespace);
        all.delete(object, &DeleteParams::orphan()).await?;
        Ok(())
    }
}

/// The object with the scenario's namespace, and with this name unless it has one.
fn placed(object: &Value, namespace: &str, name: &str) -> Value {
    let mut object = object.clone();
    if object["metadata"]["namespace"].is_null() {
        object["metadata"]["namespace"] = json!(namespace);
    }
    if object["metadata"]["name"].is_null() {
        object["metadata"]["name"] = json!(name);
    }
    object
}

/// RFC 7396.
fn merge(into: &mut Value, change: &Value) {
    match (into, change) {
        (_, Value::Null) => {}
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                if value.is_null() {
                    into.remove(key);
                } else {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (into, change) => *into = change.clone(),
    }
}
