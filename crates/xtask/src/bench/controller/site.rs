//! [`Site`]: the cluster in which controllers are measured: its keys, its namespaces, and what a user sees of progress there.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, ObservedSealedSecret, SealedSecret};
use futures::{StreamExt as _, TryStreamExt as _};
use harness::chart::CONTROLLER_NAME;
use harness::chart::rendered::Rendered;
use harness::chart::upstream_rights;
use harness::lab::{Lab, Maker};
use harness::pod::Pod;
use harness::test::eventually::eventually;
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, PostParams};
use kube::core::discovery::ApiResource;
use serde_json::{Value, from_value, json};
use tempfile::TempDir;

use super::load::Key;

const HOME: &str = "kube-system";
/// Connections that create objects: none of them waits for a controller.
const AT_ONCE: usize = 8;
/// Far longer than upstream takes for anything here.
const TIMEOUT: Duration = Duration::from_mins(5);

pub(super) struct Site<'a> {
    pub lab: &'a Lab,
    /// The sealing keys in the cluster now.
    pub keys: Vec<Key>,
    chart: Rendered,
    files: TempDir,
    namespaces: usize,
}

impl<'a> Site<'a> {
    pub(super) async fn prepare(lab: &'a Lab) -> Result<Self> {
        let chart = lab.chart(HOME)?.render().await?;
        lab.install(&chart).await?;
        upstream_rights::grant(&lab.client(), HOME, CONTROLLER_NAME).await?;
        let files = tempfile::Builder::new()
            .prefix("bench-")
            .tempdir()
            .context("no temporary folder could be made")?;
        Ok(Self { lab, keys: Vec::new(), chart, files, namespaces: 0 })
    }

    /// Adds sealing keys until there are at least `count`; none is deleted.
    pub(super) async fn has_keys(&mut self, count: usize) -> Result<()> {
        let secrets: Api<Secret> = Api::namespaced(self.lab.client(), HOME);
        while self.keys.len() < count {
            let key = Key::new(&self.files, self.keys.len())?;
            secrets
                .create(&PostParams::default(), &from_value(key.secret.clone())?)
                .await
                .context("no key can be stored")?;
            self.keys.push(key);
        }
        Ok(())
    }

    /// Creates a namespace.
    pub(super) async fn namespace(&mut self) -> Result<String> {
        self.namespaces += 1;
        let name = format!("bench-{}", self.namespaces);
        let namespace = from_value(json!({ "metadata": { "name": name } }))?;
        Api::<Namespace>::all(self.lab.client()).create(&PostParams::default(), &namespace).await?;
        Ok(name)
    }

    /// Starts a controller with these flags, on the keys that are there.
    pub(super) async fn start(&self, maker: Maker, flags: &[(&str, &str)]) -> Result<Pod> {
        let renewing_nothing = Pod::of(&self.chart.deployment()?).maker(maker).flag("key-renew-period", "0");
        let pod = flags.iter().fold(renewing_nothing, |pod, (name, value)| pod.flag(name, value));
        pod.start(self.lab).await
    }

    /// Creates SealedSecrets in a namespace.
    pub(super) async fn create(&self, namespace: &str, sealed: Vec<Value>) -> Result<()> {
        let resource = ApiResource::erase::<SealedSecret>(&());
        let objects: Api<DynamicObject> = Api::namespaced_with(self.lab.client(), namespace, &resource);
        futures::stream::iter(sealed)
            .map(|object| async {
                objects.create(&PostParams::default(), &from_value(object)?).await?;
                anyhow::Ok(())
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
            .context("the SealedSecrets cannot be created")
    }

    /// Waits until `count` are reported as synced, and checks that their Secrets are there.
    pub(super) async fn synced(&self, namespace: &str, count: usize) -> Result<()> {
        let sealed: Api<ObservedSealedSecret> = Api::namespaced(self.lab.client(), namespace);
        eventually(TIMEOUT, "all are synced", async || {
            let all = sealed.list(&ListParams::default()).await?;
            let synced = all.iter().filter(|object| is_synced(object)).count();
            ensure!(synced == count, "{synced} of {count}");
            Ok(())
        })
        .await?;
        let secrets: Api<Secret> = Api::namespaced(self.lab.client(), namespace);
        let there = secrets.list_metadata(&ListParams::default()).await?.items.len();
        ensure!(there == count, "there are {there} Secrets of {count}");
        Ok(())
    }

    /// Waits for one Secret, and looks for it often.
    pub(super) async fn secret(&self, namespace: &str, name: &str) -> Result<()> {
        let secrets: Api<Secret> = Api::namespaced(self.lab.client(), namespace);
        for _ in 0..60_000 {
            if secrets.get_metadata_opt(name).await?.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        anyhow::bail!("the Secret {name} never came")
    }

    /// Removes a namespace, and waits until nothing of it is left.
    pub(super) async fn clear(&self, namespace: &str) -> Result<()> {
        let namespaces: Api<Namespace> = Api::all(self.lab.client());
        namespaces.delete(namespace, &DeleteParams::default()).await?;
        eventually(TIMEOUT, "the namespace is gone", async || {
            ensure!(namespaces.get_opt(namespace).await?.is_none(), "it is there");
            Ok(())
        })
        .await
    }
}

fn is_synced(object: &ObservedSealedSecret) -> bool {
    let synced = object.status.as_ref().and_then(|status| status.condition(Condition::SYNCED));
    synced.is_some_and(|condition| condition.status == ConditionStatus::True)
}
