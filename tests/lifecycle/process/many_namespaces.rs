//! What the memory of the process holds with many watches: each named namespace has two.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, ObservedMetadata, SealedSecret};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::Resource as _;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::core::Request;
use serde_json::{Value, json};
use tests::test::cleanup::Cleanup;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::process::memory::memory;
use crate::stage::{Stage, stop};

const NAMESPACES: usize = 100;

/// The API server and etcd write all of them several times.
const LONG: Duration = Duration::from_mins(2);

/// A hundred named namespaces, with a SealedSecret in each that is nearly as large as etcd accepts: at a start, and when all of them
/// change at once.
pub(crate) async fn a_hundred_with_large_objects_fit_into_the_memory_limit(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let limit = stage.memory_limit()? << 20;
            let names: Vec<String> = (0..NAMESPACES).map(|number| format!("{namespace}-{number}")).collect();
            let cleanup = many(&stage, &names).await?;
            let start = async || {
                let pod = stage
                    .pod()?
                    .flag("all-namespaces", "false")
                    .flag("additional-namespaces", &names.join(","));
                let mut pod = pod.start(&stage.lab).await?;
                pod.wait_ready().await?;
                anyhow::Ok(pod)
            };
            let pod = start().await?;
            let secret =
                |value: &str| Person::secret(namespace, "any", &json!({ "v": value.repeat(700_000) }));
            let [first, second] = [secret("1"), secret("2")];
            let first = stage.person.seal(&first, &["--scope", "cluster-wide"]).await?;
            let second = stage.person.seal(&second, &["--scope", "cluster-wide"]).await?;
            stop(pod).await?;
            each(&names, async |namespace| create(&stage, namespace, &first).await).await?;

            let pod = start().await?;
            let holds = |when: &str| {
                let peak = memory(&pod, "VmHWM")?;
                ensure!(peak <= limit, "{when}: {} KiB", peak >> 10);
                anyhow::Ok(())
            };
            all_are_unsealed(&stage, &names, 1).await?;
            holds("at a start")?;
            each(&names, async |namespace| update(&stage, namespace, &second["spec"]).await).await?;
            all_are_unsealed(&stage, &names, 2).await?;
            holds("after all have changed")?;
            stop(pod).await?;
            cleanup.now().await
        })
        .await
}

/// Makes the namespaces. They are deleted when the test ends, with what is in them.
async fn many(stage: &Stage, names: &[String]) -> Result<Cleanup> {
    let (client, doomed) = (stage.lab.client(), names.to_vec());
    let deleting = doomed.into_iter().map(move |name| {
        let sealed = Api::<ObservedMetadata<SealedSecret>>::namespaced(client.clone(), &name);
        let namespaces = Api::<Namespace>::all(client.clone());
        async move {
            sealed.delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
            namespaces.delete(&name, &DeleteParams::background()).await?;
            Ok(())
        }
    });
    let cleanup = Cleanup::new(stream::iter(deleting).buffer_unordered(8).try_collect());
    let namespaces = Api::<Namespace>::all(stage.lab.client());
    each(names, async |name| {
        let namespace = serde_json::from_value(json!({ "metadata": { "name": name } }))?;
        namespaces.create(&PostParams::default(), &namespace).await?;
        Ok(())
    })
    .await?;
    Ok(cleanup)
}

/// Does something in each namespace, in some at the same time.
async fn each(names: &[String], act: impl AsyncFn(&str) -> Result<()>) -> Result<()> {
    stream::iter(names).map(Ok).try_for_each_concurrent(8, async |name: &String| act(name).await).await
}

/// Stores the SealedSecret. The answer is not decoded.
async fn create(stage: &Stage, namespace: &str, sealed: &Value) -> Result<()> {
    let mut sealed = sealed.clone();
    sealed["metadata"]["name"] = json!("large");
    sealed["metadata"]["namespace"] = json!(namespace);
    let requests = Request::new(SealedSecret::url_path(&(), Some(namespace)));
    let request = requests.create(&PostParams::default(), serde_json::to_vec(&sealed)?)?;
    stage.lab.client().request_text(request).await.context("cannot create it")?;
    Ok(())
}

async fn update(stage: &Stage, namespace: &str, spec: &Value) -> Result<()> {
    let requests = Request::new(SealedSecret::url_path(&(), Some(namespace)));
    let patch = Patch::Merge(json!({ "spec": spec }));
    let request = requests.patch("large", &PatchParams::default(), &patch)?;
    stage.lab.client().request_text(request).await.context("cannot change it")?;
    Ok(())
}

/// Each has this generation, is unsealed, and has its Secret.
async fn all_are_unsealed(stage: &Stage, names: &[String], generation: i64) -> Result<()> {
    each(names, async |namespace| {
        eventually(LONG, "it is unsealed", async || {
            let status = stage.person.get_sealed(namespace, "large").await?.status.context("no status")?;
            ensure!(status.observed_generation == Some(generation), "{:?}", status.observed_generation);
            let synced = status.conditions.first().context("no condition")?;
            ensure!(synced.status == ConditionStatus::True, "{synced:?}");
            Ok(())
        })
        .await?;
        Api::<ObservedMetadata<Secret>>::namespaced(stage.lab.client(), namespace).get("large").await?;
        Ok(())
    })
    .await
}
