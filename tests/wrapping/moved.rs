//! A cluster that moves, and the way back to upstream's controller.

use anyhow::{Result, ensure};
use api::sealing_key::{ACTIVE, WRAPPED};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, ObjectMeta, PostParams};
use tests::chart::{CONTROLLER_NAME, upstream_rights};
use tests::lab::Maker;
use tests::pod::Pod;
use tests::test::temp_namespace::with_temp_ns;

use crate::controller::{logs, served, serves, stop};
use crate::home::Home;
use crate::services::plugin::Plugin;
use crate::services::test_service::TestService;
use crate::values::{CLUSTER, Values};

/// The Secrets are restored, which gives them other dates and versions.
pub(crate) async fn a_key_opens_in_another_namespace_and_not_under_another_cluster_name<S: TestService>(
    home: Home,
) -> Result<()> {
    let (service, pod, key) = home.first_key::<S>().await?;
    home.trip("one").await?;
    stop(pod).await?;

    let renamed = Values::of(&service).set("keyWrapping.clusterName", "another");
    let pod = home.pod(renamed).await?.start(&home.lab).await?;
    logs(&pod, "it was wrapped for the cluster prod-eu, and this one is another").await?;
    let (code, text) = served(&pod).await?;
    ensure!(code == 503 && text.contains("no key management service opens them"), "{code}: {text}");
    ensure!(home.keys(WRAPPED).await?.len() == 1, "a key was made beside one that does not open");
    pod.kill().await?;

    with_temp_ns(&home.lab, async |namespace| {
        let elsewhere = Home::new(&home.lab, namespace).await?;
        let (name, labels) = (key.metadata.name.clone(), key.metadata.labels.clone());
        let metadata = ObjectMeta { name, labels, ..ObjectMeta::default() };
        let restored = Secret { metadata, ..key.clone() };
        elsewhere.secrets().create(&PostParams::default(), &restored).await?;
        let pod = elsewhere.pod(Values::of(&service)).await?.start(&home.lab).await?;
        serves(&pod, &key).await?;
        pod.kill().await
    })
    .await
}

/// After `keys unwrap`, which the user allows to use the service.
pub(crate) async fn upstream_opens_what_the_command_line_unwrapped<S: TestService>(home: Home) -> Result<()> {
    upstream_opens::<S>(home, async |home, service, _| {
        home.unwraps_all(service).await?;
        Ok(())
    })
    .await
}

/// After a controller ran with `keyWrapping.unwrapAll`.
pub(crate) async fn upstream_opens_what_the_controller_unwrapped(home: Home) -> Result<()> {
    upstream_opens::<Plugin>(home, async |home, service, wrapped| {
        let values = Values::plain().unwrap_with(&service.provider()).set("keyWrapping.unwrapAll", "true");
        let pod = home.start(values.set("keyWrapping.clusterName", CLUSTER)).await?;
        home.sees_keys(WRAPPED, 0).await?;
        serves(&pod, wrapped).await?;
        stop(pod).await
    })
    .await
}

/// Beside wrapped keys alone, upstream's controller makes a key of its own. Once they are in plain, it opens what was sealed before.
async fn upstream_opens<S: TestService>(
    home: Home,
    unwrap: impl AsyncFnOnce(&Home, &S, &Secret) -> Result<()>,
) -> Result<()> {
    let (service, pod, wrapped) = home.first_key::<S>().await?;
    home.trip("one").await?;
    stop(pod).await?;

    let pod = start_upstream(&home).await?;
    let of_upstream = home.sees_keys(ACTIVE, 1).await?.remove(0);
    ensure!(of_upstream.data != wrapped.data, "upstream's controller read a wrapped key");
    pod.stop().await?;
    home.secrets().delete(&of_upstream.name_any(), &DeleteParams::default()).await?;

    unwrap(&home, &service, &wrapped).await?;
    home.sees_keys(ACTIVE, 1).await?;
    ensure!(home.keys(WRAPPED).await?.is_empty(), "a wrapped key is left");
    service.stop().await?;

    // It unseals all when it starts.
    home.person.delete_secret(&home.namespace, "one").await?;
    let pod = start_upstream(&home).await?;
    home.sees("one").await?;
    ensure!(home.keys(ACTIVE).await?.len() == 1, "upstream's controller made a key");
    home.trip("two").await?;
    pod.stop().await?;
    Ok(())
}

async fn start_upstream(home: &Home) -> Result<Pod> {
    let pod = home.pod(Values::plain()).await?.maker(Maker::Upstream);
    upstream_rights::grant_within(&home.lab.client(), &home.namespace, CONTROLLER_NAME).await?;
    let mut pod = pod.start(&home.lab).await?;
    pod.wait_ready().await?;
    Ok(pod)
}
