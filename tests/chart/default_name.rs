//! The controller of a release with Helm's default name, without a flag that names it.

use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::pod::Pod;
use tests::user::person::Person;

use crate::commands::kubectl;
use crate::stage::{Stage, stop};

/// Where every kubeseal looks by default.
const HOME: &str = "kube-system";

/// A user with no rights but those of the chart's Role for everyone.
const JANE: [&str; 2] = ["--as=jane", "--as-group=system:authenticated"];

pub(crate) async fn helms_default_name_needs_no_flag(stage: Arc<Stage>) -> Result<()> {
    let lab = &stage.lab;
    let _turn = stage.turn.lock().await;
    // Another test installs the plain manifests.
    let delete =
        ["delete", "service", "sealed-secrets-controller", "--namespace", HOME, "--ignore-not-found"];
    kubectl(lab, &delete, "").await?.stdout()?;
    let chart = lab.chart(HOME)?.set("fullnameOverride", "").render().await?;
    chart.apply(&lab.client()).await?;
    let mut pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").start(lab).await?;
    pod.wait_ready().await?;
    stranger_in_shop(&stage).await?;

    let kubeseal = lab.kubeseal(Maker::Ours)?;
    let served = kubeseal.output(&["--fetch-cert"], b"").await?;
    for user in [&[][..], &JANE] {
        let with = |args: &[&'static str]| [args, user].concat();
        ensure!(kubeseal.output(&with(&["--fetch-cert"]), b"").await? == served);
        let secret = Person::secret("shop", "db", &json!({ "v": "1" })).to_string();
        let sealed = kubeseal.output(&with(&["--format=json"]), secret.as_bytes()).await?;
        kubeseal.output(&with(&["--validate"]), &sealed).await?;
        let resealed = kubeseal.output(&with(&["--re-encrypt", "--format=json"]), &sealed).await?;
        let resealed: Value = serde_json::from_slice(&resealed)?;
        ensure!(resealed["spec"]["encryptedData"]["v"].is_string(), "{resealed}");
    }

    // Where there is none, the stranger's is shown, and not asked.
    let elsewhere = kubeseal.run(&["--fetch-cert", "--controller-namespace=monitoring"], b"").await?;
    ensure!(elsewhere.status.code() == Some(1) && elsewhere.stdout.is_empty(), "{elsewhere:?}");
    for (namespace, name) in [(HOME, "sealed-secrets"), ("shop", "stranger")] {
        let flags = format!("--controller-namespace {namespace} --controller-name {name}");
        ensure!(elsewhere.stderr.contains(&flags), "no {flags}: {}", elsewhere.stderr);
    }
    stop(pod).await?;
    chart.delete(&lab.client()).await
}

/// A Service that a user of another namespace labelled as the controller's.
async fn stranger_in_shop(stage: &Stage) -> Result<()> {
    let labels = json!({ "app.kubernetes.io/name": "sealed-secrets" });
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": "stranger", "namespace": "shop", "labels": labels },
        "spec": { "ports": [{ "name": "http", "port": 8080 }] },
    });
    kubectl(&stage.lab, &["apply", "--filename", "-"], &service.to_string()).await?.stdout()?;
    Ok(())
}
