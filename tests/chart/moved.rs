//! Installations of upstream's chart (`moved/`: values that users have), changed to ours and back: by helm with and
//! without `--reuse-values`, and by a server-side apply.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{Api, ListParams};
use serde_json::{Value, to_value};
use tests::lab::Lab;
use tests::programs::upstream_chart::upstream_chart;
use tests::test::temp_namespace::with_temp_ns;
use tokio::process::Command;

use crate::accepted::USAGE;
use crate::case::Case;
use crate::commands::{helm, kubectl, run};
use crate::stage::Stage;

const OURS: &str = "charts/sealed-secrets";

pub(crate) async fn by_an_upgrade_and_a_rollback(stage: Arc<Stage>) -> Result<()> {
    for case in Case::all("moved")? {
        for reuse in ["--reset-then-reuse-values", "--reuse-values"] {
            upgrade_and_roll_back(&stage.lab, &case, reuse)
                .await
                .with_context(|| format!("{} {reuse}", case.name()))?;
        }
    }
    Ok(())
}

async fn upgrade_and_roll_back(lab: &Lab, case: &Case, reuse: &str) -> Result<()> {
    let upstreams = upstream_chart()?.display().to_string();
    with_temp_ns(lab, async |home| {
        // The release's name is part of the names of cluster-wide objects, and other tests install releases too.
        let role = format!("rbac.clusterRoleName={home}");
        let location = ["--namespace", home];
        let install = ["install", home, &upstreams, "--set", &role, "--values", case.path()?];
        helm(lab, &[&install[..], &location].concat()).await?.stdout()?;
        let before = deployment(lab, home).await?;

        helm(lab, &[&["upgrade", home, OURS, reuse][..], &location].concat()).await?.stdout()?;
        let moved = deployment(lab, home).await?;
        ensure!(moved["metadata"]["uid"] == before["metadata"]["uid"], "another Deployment");
        let manifest = helm(lab, &[&["get", "manifest", home][..], &location].concat()).await?.stdout()?;
        for hole in ["<nil>", "%!", "<no value>"] {
            ensure!(!manifest.contains(hole), "{hole} in\n{manifest}");
        }
        let args = &moved["spec"]["template"]["spec"]["containers"][0]["args"];
        let args: Vec<String> = serde_json::from_value(args.clone())?;
        for wanted in case.expects("argument") {
            ensure!(args.iter().any(|arg| arg == wanted), "no {wanted} among {args:?}");
        }
        let mut command = Command::new(&lab.binaries.controller);
        command.args(&args).env_clear().env("KUBECONFIG", "/nonexistent");
        let ran = run(command, "").await?;
        ensure!(ran.code.is_some_and(|code| code != USAGE && code != 0), "{args:?}: {}", ran.stderr);

        helm(lab, &[&["rollback", home, "1"][..], &location].concat()).await?.stdout()?;
        let back = deployment(lab, home).await?;
        ensure!(back["spec"] == before["spec"], "{}\n{}", before["spec"], back["spec"]);
        helm(lab, &[&["uninstall", home][..], &location].concat()).await?.stdout()?;
        Ok(())
    })
    .await
}

/// As Flux, and Argo CD with `ServerSideApply=true`, install a chart.
pub(crate) async fn by_a_server_side_apply(stage: Arc<Stage>) -> Result<()> {
    let lab = &stage.lab;
    with_temp_ns(lab, async |home| {
        let chart = |chart: tests::chart::Chart| {
            chart.set("fullnameOverride", home).set("rbac.clusterRoleName", home)
        };
        let upstreams = chart(lab.upstream_chart(home)?).render().await?;
        let ours = chart(lab.chart(home)?).render().await?;
        // Each chart has its own CustomResourceDefinition, and other tests use ours.
        let without_definition = |yaml: &str| {
            let parts = yaml.split("\n---\n").filter(|part| !part.contains("kind: CustomResourceDefinition"));
            parts.collect::<Vec<_>>().join("\n---\n")
        };
        for rendered in [&upstreams, &ours, &upstreams, &ours] {
            let apply = ["apply", "--server-side", "--namespace", home, "--filename", "-"];
            kubectl(lab, &apply, &without_definition(rendered.yaml())).await?.stdout()?;
        }
        ours.delete(&lab.client()).await
    })
    .await
}

async fn deployment(lab: &Lab, home: &str) -> Result<Value> {
    let deployments: Api<Deployment> = Api::namespaced(lab.client(), home);
    let mut all = deployments.list(&ListParams::default()).await?.items;
    ensure!(all.len() == 1, "{} Deployments", all.len());
    Ok(to_value(all.remove(0))?)
}
