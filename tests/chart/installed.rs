//! What helm does only with a cluster: notes and lookups. Upgrades are in `moved`.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::test::temp_namespace::with_temp_ns;

use crate::commands::{helm, kubectl};
use crate::stage::{HOME, Stage};

const CHART: &str = "charts/sealed-secrets";

pub(crate) async fn upstreams_image_and_none_are_remarked_upon(stage: Arc<Stage>) -> Result<()> {
    let values = "tests/chart/values/upstream/upstream-2.19.yaml";
    let install =
        ["install", "upstreams", CHART, "--dry-run=server", "--namespace", HOME, "--values", values];
    let stdout = helm(&stage.lab, &install).await?.stdout()?;
    ensure!(stdout.contains("WARNING: image.repository"), "{stdout}");
    let install = ["install", "ours", CHART, "--dry-run=server", "--namespace", HOME];
    let stdout = helm(&stage.lab, &install).await?.stdout()?;
    ensure!(stdout.contains("WARNING: no image is set"), "{stdout}");
    for image in ["image.registry=registry.example.com", "image.repository=tools/sealed-secrets-controller"] {
        let stdout = helm(&stage.lab, &[&install[..], &["--set", image]].concat()).await?.stdout()?;
        ensure!(stdout.contains("NOTES:") && !stdout.contains("WARNING"), "{stdout}");
    }
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

pub(crate) async fn the_notes_name_what_wrapped_keys_lack(stage: Arc<Stage>) -> Result<()> {
    let install = ["install", "ours", CHART, "--dry-run=server", "--namespace", HOME];
    let no_age = "No age recipient is among them";
    let no_way = "keyWrapping names a key management service";
    let cases = [
        ("tests/chart/values/keys/kms-plugin.yaml", vec![], false, false),
        ("tests/chart/values/keys/openbao.yaml", vec![], true, false),
        (
            "tests/chart/values/keys/openbao.yaml",
            vec!["--set", "networkPolicy.egress.extraRules=null"],
            true,
            true,
        ),
        ("tests/chart/values/cluster/network-policy.yaml", vec![], false, false),
    ];
    for (values, set, is_without_age, is_cut_off) in cases {
        let stdout =
            helm(&stage.lab, &[&install[..], &["--values", values], &set].concat()).await?.stdout()?;
        let notes = stdout.split_once("NOTES:").context("no notes")?.1;
        ensure!(
            notes.contains(no_age) == is_without_age && notes.contains(no_way) == is_cut_off,
            "{values}: {notes}"
        );
    }
    Ok(())
}

/// The columns of upstream's definition, and more with `--output wide`. The API server prints them.
pub(crate) async fn kubectl_shows_the_columns(stage: Arc<Stage>) -> Result<()> {
    // No controller may write the status meanwhile.
    let _turn = stage.turn.lock().await;
    with_temp_ns(&stage.lab, async |namespace| {
        let kind = "bitnami.com/v1alpha1";
        let meta = json!({ "name": "db", "namespace": namespace });
        let object = json!({ "apiVersion": kind, "kind": "SealedSecret", "metadata": meta, "spec": { "encryptedData": {} } });
        stage.person.apply(&object).await?;
        let status = json!({ "status": {
            "conditions": [
                { "type": "Synced", "status": "False", "message": "told" },
                { "type": "Compromised", "status": "True" },
            ],
            "unsealed": { "at": "2020-01-01T00:00:00Z", "keys": "0123456789ab" },
        } });
        let patch = ["patch", "sealedsecret", "db", "--namespace", namespace, "--subresource=status", "--type=merge"];
        let status = status.to_string();
        let patch = [&patch[..], &["--patch", &status]].concat();
        kubectl(&stage.lab, &patch, "").await?.stdout()?;
        let get = ["get", "sealedsecret", "--namespace", namespace];
        let shown = kubectl(&stage.lab, &get, "").await?.stdout()?;
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let lines: Vec<Vec<String>> = shown.lines().map(words).collect();
        ensure!(lines[0] == ["NAME", "STATUS", "SYNCED", "AGE"], "{shown}");
        ensure!(lines[1][..3] == ["db", "told", "False"], "{shown}");
        let shown = kubectl(&stage.lab, &[&get[..], &["--output", "wide"]].concat(), "").await?.stdout()?;
        let lines: Vec<Vec<String>> = shown.lines().map(words).collect();
        let wide = ["NAME", "STATUS", "SYNCED", "AGE", "KEY", "COMPROMISED", "LAST", "UNSEALED"];
        ensure!(lines[0] == wide, "{shown}");
        ensure!(lines[1][4..6] == ["0123456789ab", "True"], "{shown}");
        // An age, such as `6y32d`.
        ensure!(lines[1][6].contains('y') && lines[1].len() == 7, "{shown}");
        Ok(())
    })
    .await
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
