//! `charts/kustomize/`: the manifests for users without Helm. `cargo xtask generate --check` shows that the chart renders them.

use std::sync::Arc;

use anyhow::{Result, ensure};
use k8s_openapi::api::apps::v1::Deployment;
use tests::chart::CONTROLLER_NAME;
use tests::lab::Maker;
use tests::pod::Pod;

use crate::commands::kubectl;
use crate::stage::{Stage, stop};

const MANIFEST: &str = "charts/kustomize/controller.yaml";

/// A kustomization that builds on `charts/kustomize`, as an installation has one.
const OVERLAY: &str = "tests/chart/fixtures/overlay";

/// As upstream's: the namespace in which every kubeseal looks by default.
const HOME: &str = "kube-system";

pub(crate) async fn the_manifests_work_as_they_are(stage: Arc<Stage>) -> Result<()> {
    let lab = &stage.lab;
    let _turn = stage.turn.lock().await;
    kubectl(lab, &["apply", "--filename", MANIFEST], "").await?.stdout()?;
    let get = ["get", "deployment", CONTROLLER_NAME, "--namespace", HOME, "--output", "json"];
    let deployment = kubectl(lab, &get, "").await?.stdout()?;
    ensure!(!deployment.contains("Helm"), "an object without Helm says that Helm manages it");
    let deployment: Deployment = serde_json::from_str(&deployment)?;
    let mut pod = Pod::of(&deployment).flag("key-size", "2048").start(lab).await?;
    pod.wait_ready().await?;
    let certificate = lab.kubeseal(Maker::Ours)?.output(&["--fetch-cert"], b"").await?;
    ensure!(certificate.starts_with(b"-----BEGIN CERTIFICATE-----"));
    stop(pod).await
}

pub(crate) async fn kustomize_builds_on_them(stage: Arc<Stage>) -> Result<()> {
    let lab = &stage.lab;
    // Two clients that create the same objects at once disturb each other, even in a dry run.
    let _turn = stage.turn.lock().await;
    let built = kubectl(lab, &["kustomize", OVERLAY], "").await?.stdout()?;
    ensure!(built.contains("image: registry.example.com/tools/sealed-secrets-controller:1.2.3\n"), "{built}");
    ensure!(!built.contains("kube-system"), "something stays where the base has it:\n{built}");
    let base = ["apply", "--dry-run=server", "--kustomize", "charts/kustomize"];
    for args in [base, ["apply", "--dry-run=server", "--kustomize", OVERLAY]] {
        let applied = kubectl(lab, &args, "").await?.stdout()?;
        for object in
            ["deployment.apps", "service", "serviceaccount", "customresourcedefinition.apiextensions.k8s.io"]
        {
            ensure!(applied.contains(&format!("\n{object}/")) || applied.starts_with(object), "{applied}");
        }
    }
    Ok(())
}
