//! What helm does only with a cluster before it: notes and questions. Upgrades are in `moved`.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::commands::{helm, kubectl};
use crate::stage::{HOME, Stage};

const CHART: &str = "charts/sealed-secrets";

pub(crate) async fn upstreams_image_is_remarked_upon(stage: Arc<Stage>) -> Result<()> {
    let values = "tests/chart/values/upstream/upstream-2.19.yaml";
    let install =
        ["install", "upstreams", CHART, "--dry-run=server", "--namespace", HOME, "--values", values];
    let told = helm(&stage.lab, &install).await?.stdout()?;
    ensure!(told.contains("WARNING: image.repository"), "{told}");
    let install = ["install", "ours", CHART, "--dry-run=server", "--namespace", HOME];
    let told = helm(&stage.lab, &install).await?.stdout()?;
    ensure!(told.contains("NOTES:") && !told.contains("WARNING"), "{told}");
    Ok(())
}

pub(crate) async fn the_notes_have_keys_backed_up_encrypted(stage: Arc<Stage>) -> Result<()> {
    let install =
        ["install", "ours", CHART, "--dry-run=server", "--namespace", HOME, "--set", "secretName=mine"];
    let told = helm(&stage.lab, &install).await?.stdout()?;
    let notes = told.split_once("NOTES:").context("no notes")?.1;
    ensure!(!notes.contains("get secrets"), "keys in plain text: {notes}");
    let backup = notes
        .lines()
        .find_map(|line| line.trim().strip_prefix("kubeseal-rs ").filter(|it| it.starts_with("keys backup ")))
        .with_context(|| format!("no backup: {notes}"))?;
    for wanted in ["--controller-namespace=", "--key-prefix=mine", "--recipient "] {
        ensure!(backup.contains(wanted), "no {wanted}: {backup}");
    }
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
