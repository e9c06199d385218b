//! What helm does only with a cluster before it: notes, questions, upgrades.

use std::sync::Arc;

use anyhow::{Result, ensure};
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use tests::temp_namespace::with_temp_ns;

use crate::commands::{helm, kubectl};
use crate::stage::{HOME, Stage};

const CHART: &str = "charts/sealed-secrets";

pub(crate) async fn upstreams_image_is_remarked_upon(stage: Arc<Stage>) -> Result<()> {
    let values = "tests/chart/values/upstream-2.18.yaml";
    let install =
        ["install", "upstreams", CHART, "--dry-run=server", "--namespace", HOME, "--values", values];
    let told = helm(&stage.lab, &install).await?.stdout()?;
    ensure!(told.contains("WARNING: image.repository"), "{told}");
    let install = ["install", "ours", CHART, "--dry-run=server", "--namespace", HOME];
    let told = helm(&stage.lab, &install).await?.stdout()?;
    ensure!(told.contains("NOTES:") && !told.contains("WARNING"), "{told}");
    Ok(())
}

pub(crate) async fn the_cluster_is_asked_where_its_api_server_is(stage: Arc<Stage>) -> Result<()> {
    // The lab's API server is on loopback, which no EndpointSlice may hold: this is one as a cluster has it.
    let slice = json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": { "name": "kubernetes", "namespace": "default" },
        "addressType": "IPv4",
        "endpoints": [{ "addresses": ["192.0.2.1"] }, { "addresses": ["192.0.2.2"] }],
        "ports": [{ "name": "https", "port": 6443, "protocol": "TCP" }],
    });
    kubectl(&stage.lab, &["apply", "--filename", "-"], &slice.to_string()).await?.stdout()?;
    let policy = "networkPolicy.enabled=true,networkPolicy.egress.enabled=true";
    let template = ["template", "release", CHART, "--dry-run=server", "--namespace", HOME, "--set", policy];
    let yaml = helm(&stage.lab, &template).await?.stdout()?;
    for wanted in ["cidr: \"192.0.2.1/32\"", "cidr: \"192.0.2.2/32\"", "port: 6443"] {
        ensure!(yaml.contains(wanted), "no {wanted}:\n{yaml}");
    }
    kubectl(&stage.lab, &["apply", "--dry-run=server", "--filename", "-"], &yaml).await?.stdout()?;
    Ok(())
}

/// From a Deployment as upstream's chart leaves it, with a rolling update whose bounds the API server filled in, and back.
pub(crate) async fn an_installation_is_upgraded_and_rolled_back(stage: Arc<Stage>) -> Result<()> {
    let lab = &stage.lab;
    with_temp_ns(lab, async |home| {
        let role = format!("rbac.clusterRoleName={home}");
        // A release's name is part of its cluster-wide objects' names, and other tests install too.
        let install = ["upgrade", "--install", home, CHART, "--namespace", home, "--set", &role];
        helm(lab, &install).await?.stdout()?;
        let deployments: Api<Deployment> = Api::namespaced(lab.client(), home);
        let name = format!("{home}-sealed-secrets");
        let strategy = async || {
            let deployment = deployments.get(&name).await?;
            anyhow::Ok(deployment.spec.and_then(|spec| spec.strategy).and_then(|strategy| strategy.type_))
        };
        let rolling = json!({ "spec": { "strategy": { "type": "RollingUpdate" } } });
        deployments.patch(&name, &PatchParams::default(), &Patch::Strategic(rolling)).await?;
        ensure!(strategy().await?.as_deref() == Some("RollingUpdate"));

        let upgrade = [&install[..], &["--reuse-values", "--set", "logLevel=ERROR"]].concat();
        helm(lab, &upgrade).await?.stdout()?;
        ensure!(strategy().await?.as_deref() == Some("Recreate"));
        helm(lab, &["rollback", home, "1", "--namespace", home]).await?.stdout()?;
        ensure!(strategy().await?.as_deref() == Some("Recreate"));
        helm(lab, &["uninstall", home, "--namespace", home]).await?.stdout()?;
        Ok(())
    })
    .await
}
