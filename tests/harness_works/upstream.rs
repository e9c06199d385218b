//! Upstream's controller in our chart's Deployment, and upstream's kubeseal: from sealing to the Secret.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::{Pod as PodResource, Secret};
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use serde_json::Value;
use tests::chart::CONTROLLER_NAME;
use tests::chart::upstream_rights;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;

const SOON: Duration = Duration::from_secs(30);

pub(crate) async fn seals_unseals_and_is_collected(lab: Arc<Lab>) -> Result<()> {
    let client = lab.client();
    let chart = lab.chart("kube-system")?.render().await?;
    lab.install(&chart).await?;
    upstream_rights::grant(&client, "kube-system", CONTROLLER_NAME).await?;
    let mut pod = Pod::of(&chart.deployment()?).maker(Maker::Upstream).start(&lab).await?;
    pod.wait_ready().await?;
    let kubeseal = lab.kubeseal(Maker::Upstream)?;

    // Through the service proxy, so through the pod network.
    let certificate = kubeseal.output(&["--fetch-cert"], b"").await?;
    ensure!(certificate.starts_with(b"-----BEGIN CERTIFICATE-----"), "no certificate");

    with_temp_ns(&lab, async |namespace| {
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{ name: db, namespace: {namespace} }}\nstringData: {{ password: open sesame }}\n"
        );
        let sealed: Value = serde_json::from_slice(&kubeseal.output(&["-o", "json"], secret.as_bytes()).await?)?;
        let (group, version, kind) = ("bitnami.com", "v1alpha1", "SealedSecret");
        let resource = kube::core::ApiResource::from_gvk(&kube::core::GroupVersionKind::gvk(group, version, kind));
        let sealed_secrets: Api<kube::api::DynamicObject> =
            Api::namespaced_with(client.clone(), namespace, &resource);
        sealed_secrets.patch("db", &PatchParams::apply("person"), &Patch::Apply(&sealed)).await?;

        let secrets: Api<Secret> = Api::namespaced(client.clone(), namespace);
        let secret = eventually(SOON, "the Secret appears", async || Ok(secrets.get("db").await?)).await?;
        let password = secret.data.unwrap_or_default().remove("password").context("no password in it")?;
        ensure!(password.0 == b"open sesame", "another value came out");

        sealed_secrets.delete("db", &DeleteParams::default()).await?;
        eventually(SOON, "the Secret is garbage collected", async || {
            ensure!(secrets.get_opt("db").await?.is_none(), "it is still there");
            Ok(())
        })
        .await
    })
    .await?;

    ensure!(
        pod.logs()?.contains("Starting sealed-secrets controller"),
        "its log was not kept:\n{}",
        pod.logs()?
    );
    let process = pod.process_id().context("it ended early")?;
    pod.stop().await?;
    ensure!(!crate::ends::runs(process), "process {process} still runs");
    let pods: Api<PodResource> = Api::namespaced(client.clone(), "kube-system");
    ensure!(pods.list(&ListParams::default()).await?.items.is_empty(), "the Pod object is still there");
    chart.delete(&client).await
}
