//! What helm does only with a cluster: notes and lookups. Upgrades are in `moved`.

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
    let stdout = helm(&stage.lab, &install).await?.stdout()?;
    ensure!(stdout.contains("WARNING: image.repository"), "{stdout}");
    let install = ["install", "ours", CHART, "--dry-run=server", "--namespace", HOME];
    let stdout = helm(&stage.lab, &install).await?.stdout()?;
    ensure!(stdout.contains("NOTES:") && !stdout.contains("WARNING"), "{stdout}");
    Ok(())
}

pub(crate) async fn the_notes_have_keys_backed_up_encrypted(stage: Arc<Stage>) -> Result<()> {
    let install =
        ["install", "ours", CHART, "--dry-run=server", "--namespace", HOME, "--set", "secretName=mine"];
    let stdout = helm(&stage.lab, &install).await?.stdout()?;
    let notes = stdout.split_once("NOTES:").context("no notes")?.1;
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

pub(crate) async fn the_address_of_the_api_server_is_read_from_the_cluster(stage: Arc<Stage>) -> Result<()> {
    // The lab's API server listens on loopback, which no EndpointSlice may hold. This EndpointSlice is like that of a
    // real cluster.
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
