//! Keys that are born wrapped.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::sealing_key::{ACTIVE, RENEW, WRAPPED, WRAPPED_TYPE};
use kube::ResourceExt as _;
use tests::process::cli::Cli;
use tests::programs::program::Program;

use crate::service::{Plugin, TestService, open, wrapped};
use crate::stage::{Stage, serves, stop};
use crate::traces::Traces;

/// Starts without a key, renews, restarts, is killed; and etcd never holds the private key.
pub(crate) async fn a_key_is_born_wrapped_renewed_and_opened_after_a_crash<S: TestService>(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let service = S::start_new(&stage.lab).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            let first = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            ensure!(
                first.type_.as_deref() == Some(WRAPPED_TYPE) && first.immutable == Some(true),
                "{first:?}"
            );
            ensure!(stage.keys(ACTIVE).await?.is_empty(), "there is a key that upstream's controller sees");
            serves(&pod, &first).await?;
            stage.trip(namespace, "one").await?;

            stage.annotate(&first, RENEW).await?;
            let second = stage.sees_keys(WRAPPED, 2).await?.remove(1);
            serves(&pod, &second).await?;
            stage.trip(namespace, "two").await?;

            stop(pod).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            serves(&pod, &second).await?;
            stage.person.delete_secret(namespace, "one").await?;
            stage.person.sees_values(namespace, "one", &[("v", b"one")]).await?;
            pod.kill().await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            serves(&pod, &second).await?;
            stage.trip(namespace, "three").await?;

            for key in [&first, &second] {
                let opened = open(key, &service.provider_of_test()).await?;
                ensure!(opened.slots.is_as_configured(), "{}", opened.slots);
                let traces = Traces::of(opened.pair.private())?;
                let files = traces.in_files(stage.lab.control_plane.dir())?;
                ensure!(files.is_empty(), "the private key of {} is in {files:?}", key.name_any());
                ensure!(!traces.are_in(&all_secrets(&stage).await?), "kubectl shows the private key");
                ensure!(!traces.are_in(pod.logs()?.as_bytes()), "the log shows the private key");
            }
            stop(pod).await
        })
        .await
}

/// The search of the test above finds a key that is stored in plain.
pub(crate) async fn what_stores_a_key_in_plain_is_found_by_the_search(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.start(stage.plain_pod()?).await?;
            let key = stage.sees_keys(ACTIVE, 1).await?.remove(0);
            let pem = String::from_utf8(key.data.unwrap_or_default()["tls.key"].0.clone())?;
            let traces = Traces::of(&envelope::PrivateKey::from_pem(&pem)?)?;
            ensure!(!traces.in_files(stage.lab.control_plane.dir())?.is_empty(), "not found in etcd's files");
            ensure!(traces.are_in(&all_secrets(&stage).await?), "not found in kubectl's output");
            stop(pod).await
        })
        .await
}

pub(crate) async fn replicas_serve_and_unseal_with_the_same_wrapped_key(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let service = Plugin::start_new(&stage.lab).await?;
            let pod =
                || Ok::<_, anyhow::Error>(stage.pod(&[&service.provider()])?.flag("leader-elect", "true"));
            let one = stage.start(pod()?).await?;
            let two = stage.start(pod()?).await?;
            let key = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            serves(&one, &key).await?;
            serves(&two, &key).await?;
            stage.trip(namespace, "one").await?;
            one.kill().await?;
            stage.trip(namespace, "two").await?;
            ensure!(stage.keys(WRAPPED).await?.len() == 1, "the second replica made a key");
            stop(two).await
        })
        .await
}

/// With two services and an age recipient, each slot opens by itself.
pub(crate) async fn several_providers_each_open_a_key(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let (one, two) = (Plugin::start_new(&stage.lab).await?, Plugin::start_new(&stage.lab).await?);
            let identity = age::x25519::Identity::generate();
            let recipient = identity.to_public().to_string();
            let providers = [one.provider(), two.provider(), recipient.clone()];
            let providers: Vec<&str> = providers.iter().map(String::as_str).collect();
            let pod = stage.start(stage.pod(&providers)?).await?;
            let key = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            serves(&pod, &key).await?;
            stage.trip(namespace, "one").await?;
            stop(pod).await?;
            for service in [&one, &two] {
                open(&key, &service.provider()).await?;
            }
            let (document, certificate) = wrapped(&key)?;
            let safe = Arc::new(key_wrapping::AgeIdentity::new(identity));
            let safe =
                key_wrapping::KeyProviders::new(crate::stage::CLUSTER.parse()?, vec![safe], Vec::new());
            safe.unwrap(&document, certificate).await?;
            // The first service is away for good.
            one.stop().await?;
            let pod = stage.start(stage.pod(&providers)?).await?;
            serves(&pod, &key).await?;
            stage.trip(namespace, "two").await?;
            stop(pod).await
        })
        .await
}

/// What a user sees who may read every Secret.
async fn all_secrets(stage: &Stage) -> Result<Vec<u8>> {
    let kubectl = Cli::new(stage.lab.programs.path(Program::Kubectl)?);
    let kubectl = kubectl.kubeconfig(&stage.lab.control_plane.kubeconfig());
    kubectl.output(&["get", "secret", "-A", "-o", "yaml"], b"").await
}
