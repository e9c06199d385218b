//! The alerts and the dashboard use only metrics that exist.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use serde_json::{Value, json};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::stage::{Stage, stop};

/// Prefixes of our metrics' names: the controller's, and those of its process.
const PREFIXES: [&str; 2] = ["sealed_secrets_controller_", "process_"];

/// Longer than a refused connection takes.
const SOON: Duration = Duration::from_secs(30);

pub(crate) async fn alerts_and_dashboard_know_the_metrics(stage: Arc<Stage>) -> Result<()> {
    let (lab, person) = (&stage.lab, &stage.person);
    let _turn = stage.turn.lock().await;
    with_temp_ns(lab, async |home| {
        let chart = lab.chart(home)?.set("fullnameOverride", home).set("rbac.clusterRoleName", home);
        let chart =
            chart.set("metrics.prometheusRule.enabled", "true").set("metrics.dashboards.create", "true");
        // A key management service that is not there, because there are metrics about each.
        let provider = "openbao+transit://127.0.0.1:1/transit/sealing?token-file=/dev/null";
        let chart =
            chart.set("keyWrapping.unwrapProviders[0]", provider).set("keyWrapping.clusterName", "prod");
        let chart = chart.render().await?;
        chart.apply(&lab.client()).await?;
        let mut pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").start(lab).await?;
        pod.wait_ready().await?;
        let (location, name) =
            (format!("--controller-namespace={home}"), format!("--controller-name={home}"));
        let mut sealed =
            person.seal(&Person::secret(home, "db", &json!({ "v": "1" })), &[&location, &name]).await?;
        // A failure is counted too.
        sealed["spec"]["encryptedData"]["v"] = json!("%%%");
        person.apply(&sealed).await?;
        person.sees_synced(home, "db", ConditionStatus::False).await?;
        let http = http_client().build()?;
        let counted = eventually(SOON, "the service was asked", async || {
            let counted = http.get(pod.metrics_url()).send().await?.text().await?;
            ensure!(counted.contains("\nsealed_secrets_controller_key_provider_up{"), "{counted}");
            Ok(counted)
        })
        .await?;

        let rule: Value = chart.find("PrometheusRule")?;
        let dashboard: Value = chart.find("ConfigMap")?;
        let dashboard = dashboard["data"]["sealed-secrets-controller.json"].as_str().unwrap_or_default();
        ensure!(serde_json::from_str::<Value>(dashboard)?["panels"].is_array(), "a dashboard without panels");
        for (whose, text) in [("alerts", rule["spec"].to_string()), ("dashboard", dashboard.to_owned())] {
            let wanted = metrics(&text);
            ensure!(wanted.len() >= 2, "the {whose} use {wanted:?} alone");
            for metric in wanted {
                let line = |line: &str| {
                    line.starts_with(&format!("{metric}{{")) || line.starts_with(&format!("{metric} "))
                };
                ensure!(
                    counted.lines().any(line),
                    "the {whose} use {metric}, which is not among:\n{counted}"
                );
            }
        }
        ensure!(
            rule["spec"].to_string().contains(&format!("build_info{{namespace=\\\"{home}\\\"}}")),
            "{rule}"
        );
        stop(pod).await?;
        chart.delete(&lab.client()).await
    })
    .await
}

/// The metrics that a text names.
fn metrics(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| PREFIXES.iter().any(|prefix| word.starts_with(prefix) && word.len() > prefix.len()))
        .collect()
}
