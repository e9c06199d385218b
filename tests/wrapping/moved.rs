//! A cluster that moves, and the way back to upstream's controller.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::sealing_key::{ACTIVE, WRAPPED};
use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use kube::ResourceExt as _;
use kube::api::{Api, PostParams};
use tests::chart::{CONTROLLER_NAME, upstream_rights};
use tests::lab::Maker;
use tests::test::temp_namespace::with_temp_ns;

use crate::service::{Plugin, TestService};
use crate::stage::{HOME, Stage, logs, served, serves, stop};

/// The Secrets are restored, which gives them other dates and versions.
pub(crate) async fn a_key_opens_in_another_namespace_and_not_under_another_cluster_name<S: TestService>(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let service = S::start_new(&stage.lab).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            let key = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            stage.trip(namespace, "one").await?;
            stop(pod).await?;

            let pod =
                stage.pod(&[&service.provider()])?.flag("cluster-name", "another").start(&stage.lab).await?;
            logs(&pod, "it was wrapped for the cluster prod-eu, and this one is another").await?;
            let (code, text) = served(&pod).await?;
            ensure!(code == 503 && text.contains("no key management service opens them"), "{code}: {text}");
            ensure!(stage.keys(WRAPPED).await?.len() == 1, "a key was made beside one that does not open");
            pod.kill().await?;

            with_temp_ns(&stage.lab, async |home| {
                stage.grant(home).await?;
                let client = stage.lab.client();
                let account: ServiceAccount =
                    serde_json::from_value(serde_json::json!({ "metadata": { "name": CONTROLLER_NAME } }))?;
                Api::namespaced(client.clone(), home).create(&PostParams::default(), &account).await?;
                let mut moved = Secret {
                    data: key.data.clone(),
                    type_: key.type_.clone(),
                    immutable: key.immutable,
                    ..Secret::default()
                };
                moved.metadata.name = Some(key.name_any());
                moved.metadata.labels = key.metadata.labels.clone();
                Api::<Secret>::namespaced(client, home).create(&PostParams::default(), &moved).await?;
                let pod = stage.pod_in(home, &[&service.provider()])?.start(&stage.lab).await?;
                serves(&pod, &key).await?;
                pod.kill().await
            })
            .await
        })
        .await
}

/// Beside wrapped keys alone, upstream's controller makes a key of its own. After `--key-unwrap-all` it opens what was sealed before.
pub(crate) async fn upstream_opens_what_was_unwrapped_and_ignores_what_is_wrapped(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let service = Plugin::start_new(&stage.lab).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            let wrapped = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            stage.trip(namespace, "one").await?;
            stop(pod).await?;

            upstream_rights::grant(&stage.lab.client(), HOME, CONTROLLER_NAME).await?;
            let pod = stage.start(stage.plain_pod()?.maker(Maker::Upstream)).await?;
            let of_upstream = stage.sees_keys(ACTIVE, 1).await?.remove(0);
            ensure!(of_upstream.data != wrapped.data, "upstream's controller read a wrapped key");
            pod.stop().await?;
            stage.secrets().delete(&of_upstream.name_any(), &kube::api::DeleteParams::default()).await?;

            let unwrapping =
                stage.plain_pod()?.flag("cluster-name", crate::stage::CLUSTER).flag("key-unwrap-all", "true");
            let pod = stage.start(unwrapping.flag("key-unwrap-with", &service.provider())).await?;
            let plain = stage.sees_keys(ACTIVE, 1).await?.remove(0);
            stage.sees_keys(WRAPPED, 0).await?;
            serves(&pod, &plain).await?;
            stop(pod).await?;
            service.stop().await?;

            let pod = stage.start(stage.plain_pod()?.maker(Maker::Upstream)).await?;
            ensure!(stage.keys(ACTIVE).await?.len() == 1, "upstream's controller made a key");
            stage.person.delete_secret(namespace, "one").await?;
            stage.trip(namespace, "two").await?;
            pod.stop().await?;
            Ok(())
        })
        .await
}
