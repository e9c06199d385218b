//! [`Site`]: the cluster in which controllers are measured: its keys, its namespaces, and what is in them.

use anyhow::{Context as _, Result, bail, ensure};
use api::{Condition, ConditionStatus, ObservedSealedSecret, SealedSecret};
use futures::{StreamExt as _, TryStreamExt as _};
use harness::chart::CONTROLLER_NAME;
use harness::chart::rendered::Rendered;
use harness::chart::upstream_rights;
use harness::lab::{Lab, Maker};
use harness::pod::Pod;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Event, Namespace, Secret};
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use kube::core::Request;
use kube::{Client, Resource};
use serde_json::{from_value, json};

use super::load::{self, Key, Load, Sealed};
use super::watch::{Watch, text_after};
use crate::bench::numbers::Side;

const HOME: &str = "kube-system";
/// Connections that create objects: none of them waits for a controller.
const AT_ONCE: usize = 16;
/// Objects in a page of a list.
const PAGE: u32 = 200;

pub(in crate::bench) struct Site<'a> {
    pub lab: &'a Lab,
    /// All keys that were made, the oldest first.
    keys: Vec<Key>,
    /// How many of them are in the cluster.
    stored: usize,
    chart: Rendered,
    namespaces: usize,
}

impl<'a> Site<'a> {
    pub(in crate::bench) async fn prepare(lab: &'a Lab) -> Result<Self> {
        let chart = lab.chart(HOME)?.render().await?;
        lab.install(&chart).await?;
        upstream_rights::grant(&lab.client(), HOME, CONTROLLER_NAME).await?;
        // As a controller leaves it that has stopped: where there are keys and no Lease, ours waits for the time of one, because
        // another replica may lead.
        let released = from_value(json!({ "metadata": { "name": CONTROLLER_NAME } }))?;
        let leases: Api<Lease> = Api::namespaced(lab.client(), HOME);
        leases.create(&PostParams::default(), &released).await.context("no Lease can be created")?;
        Ok(Self { lab, keys: Vec::new(), stored: 0, chart, namespaces: 0 })
    }

    /// The keys that are in the cluster, the oldest first.
    pub(super) fn keys(&self) -> &[Key] {
        &self.keys[..self.stored]
    }

    pub(super) fn client(&self) -> Client {
        self.lab.client()
    }

    /// The client of a controller: with its ServiceAccount, and so with its permissions.
    pub(super) async fn controllers_client(&self) -> Result<Client> {
        use kube::config::{KubeConfigOptions, Kubeconfig};
        let cp = &self.lab.control_plane;
        let token = cp.token(HOME, CONTROLLER_NAME).await?;
        let kubeconfig = Kubeconfig::read_from(cp.kubeconfig_of_token("bench.kubeconfig", HOME, &token)?)?;
        let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
        Client::try_from(config).context("cannot make a client")
    }

    /// Stores new keys, or deletes the newest, until there are so many; returns them, the oldest first.
    pub(super) async fn with_keys(&mut self, count: usize) -> Result<&[Key]> {
        if self.keys.len() < count {
            let new = self.keys.len()..count;
            self.keys.extend(tokio::task::block_in_place(|| load::keys(new))?);
        }
        let secrets: Api<Secret> = Api::namespaced(self.client(), HOME);
        for key in &self.keys[self.stored.min(count)..count] {
            let stored = secrets.create(&PostParams::default(), &from_value(key.secret.clone())?).await;
            stored.context("no key can be stored")?;
        }
        for key in &self.keys[count..self.stored.max(count)] {
            let name = key.secret["metadata"]["name"].as_str().unwrap_or_default();
            secrets.delete(name, &DeleteParams::default()).await.context("no key can be deleted")?;
        }
        self.stored = count;
        Ok(&self.keys[..count])
    }

    /// Creates a namespace.
    pub(super) async fn namespace(&mut self) -> Result<String> {
        self.namespaces += 1;
        let name = format!("bench-{}", self.namespaces);
        let namespace = from_value(json!({ "metadata": { "name": name } }))?;
        Api::<Namespace>::all(self.client()).create(&PostParams::default(), &namespace).await?;
        Ok(name)
    }

    /// Starts a controller with these flags, on the keys that are there.
    pub(super) async fn start(&self, side: Side, flags: &[(&str, &str)]) -> Result<Pod> {
        let maker = match side {
            Side::Upstream => Maker::Upstream,
            Side::Ours => Maker::Ours,
        };
        let renewing_nothing = Pod::of(&self.chart.deployment()?).maker(maker).flag("key-renew-period", "0");
        let pod = flags.iter().fold(renewing_nothing, |pod, (name, value)| pod.flag(name, value));
        pod.start(self.lab).await
    }

    /// Creates SealedSecrets; returns what the API server made of each.
    pub(super) async fn create(&self, namespace: &str, sealed: &[Sealed]) -> Result<Vec<Created>> {
        futures::stream::iter(sealed)
            .map(|object| create_one(self.client(), namespace, object))
            .buffered(AT_ONCE)
            .try_collect()
            .await
            .context("the SealedSecrets cannot be created")
    }

    /// Watches the SealedSecrets of a namespace, or of all.
    pub(super) async fn watch_sealed(&self, namespace: Option<&str>) -> Result<Watch> {
        Watch::open(&self.client(), &SealedSecret::url_path(&(), namespace)).await
    }

    pub(super) async fn watch_secrets(&self, namespace: &str) -> Result<Watch> {
        Watch::open(&self.client(), &Secret::url_path(&(), Some(namespace))).await
    }

    /// Whether all are synced; the rest, if not.
    pub(super) async fn unsynced(&self, namespace: &str) -> Result<usize> {
        let mut unsynced = 0;
        self.each_page::<ObservedSealedSecret>(namespace, |page| {
            unsynced += page.iter().filter(|object| !is_synced(object)).count();
            Ok(())
        })
        .await?;
        Ok(unsynced)
    }

    /// Compares every Secret of the namespace with what was sealed: the names, and the values of all items.
    pub(super) async fn compare(&self, namespace: &str, load: Load) -> Result<()> {
        let mut compared = 0;
        self.each_page::<Secret>(namespace, |page| {
            for secret in page {
                let name = secret.metadata.name.unwrap_or_default();
                let number = name.strip_prefix('s').and_then(|number| number.parse().ok());
                let number = number.filter(|&number| number < load.objects);
                let Some(number) = number else {
                    bail!("there is a Secret {namespace}/{name}, which nothing sealed")
                };
                let data = secret.data.unwrap_or_default().into_iter().map(|(item, value)| (item, value.0));
                ensure!(
                    data.collect::<std::collections::BTreeMap<_, _>>() == load::values(load, number),
                    "the Secret {namespace}/{name} does not hold what was sealed"
                );
                compared += 1;
            }
            Ok(())
        })
        .await?;
        ensure!(compared == load.objects, "{} SealedSecrets gave {compared} Secrets", load.objects);
        Ok(())
    }

    pub(super) async fn each_page<K>(
        &self,
        namespace: &str,
        mut read: impl FnMut(Vec<K>) -> Result<()>,
    ) -> Result<()>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + std::fmt::Debug
            + serde::de::DeserializeOwned,
    {
        let objects: Api<K> = Api::namespaced(self.client(), namespace);
        let mut params = ListParams::default().limit(PAGE);
        loop {
            let page = objects.list(&params).await?;
            params.continue_token = page.metadata.continue_.filter(|token| !token.is_empty());
            read(page.items)?;
            if params.continue_token.is_none() {
                return Ok(());
            }
        }
    }

    /// Deletes what a run left. The namespace stays: its end would take seconds.
    pub(super) async fn clear(&self, namespace: &str) -> Result<()> {
        let delete = |path: String| async move {
            let request =
                Request::new(path).delete_collection(&DeleteParams::default(), &ListParams::default())?;
            self.client().request_text(request).await.context("what was measured cannot be deleted")
        };
        // First these: a controller that is still there would create Secrets again.
        delete(SealedSecret::url_path(&(), Some(namespace))).await?;
        futures::try_join!(
            delete(Secret::url_path(&(), Some(namespace))),
            delete(Event::url_path(&(), Some(namespace)))
        )?;
        Ok(())
    }
}

/// A SealedSecret as the API server has it.
#[derive(Debug, Clone)]
pub(super) struct Created {
    pub version: String,
    pub uid: String,
}

pub(super) async fn create_one(client: Client, namespace: &str, object: &Sealed) -> Result<Created> {
    let requests = Request::new(SealedSecret::url_path(&(), Some(namespace)));
    let answer = client.request_text(requests.create(&PostParams::default(), object.body.clone())?).await?;
    let field = |name: &str| text_after(&answer, &format!("\"{name}\":\"")).map(str::to_owned);
    let (version, uid) = field("resourceVersion").zip(field("uid")).context("an object without a version")?;
    Ok(Created { version, uid })
}

fn is_synced(object: &ObservedSealedSecret) -> bool {
    let synced = object.status.as_ref().and_then(|status| status.condition(Condition::SYNCED));
    synced.is_some_and(|condition| condition.status == ConditionStatus::True)
}
