//! A service that is away, or answers wrongly.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use api::sealing_key::{RENEW, WRAPPED};
use kube::ResourceExt as _;
use tests::kms::kms_plugin::PluginFault;
use tests::network::http_client::http_client;
use tests::test::eventually::eventually;

use crate::service::{Plugin, TestService};
use crate::stage::{A_WHILE, SOON, Stage, certificate, get, logs, served, serves, stop};

pub(crate) async fn a_controller_that_starts_without_its_service_waits<S: TestService>(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let service = S::start_new(&stage.lab).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            let key = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            stage.trip(namespace, "before").await?;
            stop(pod).await?;
            service.stop().await?;

            let mut pod = stage.pod(&[&service.provider()])?.start(&stage.lab).await?;
            logs(&pod, "a sealing key is not unwrapped yet").await?;
            eventually(SOON, "no certificate is served, with the reason", async || {
                let (code, text) = served(&pod).await?;
                ensure!(
                    code == 503 && text.contains("the key management service does not answer"),
                    "{code}: {text}"
                );
                Ok(())
            })
            .await?;
            // A committed certificate still seals; what needs the key waits, and what was unsealed stays.
            let sealed = stage.seal_offline(&certificate(&key)?, namespace, "waiting").await?.to_string();
            let status = stage.person.sees_synced(namespace, "waiting", ConditionStatus::Unknown).await?;
            let message = format!("{:?}", status.conditions);
            ensure!(message.contains("key management service does not answer"), "{message}");
            stage.person.sees_values(namespace, "before", &[("v", b"before")]).await?;
            for path in ["verify", "rotate"] {
                let url = format!("{}/v1/{path}", pod.url());
                let answer = http_client().build()?.post(url).body(sealed.clone()).send().await?;
                ensure!(answer.status() == 503, "{path}: {}", answer.status());
            }
            let (_, ready) = get(&format!("{}/readyz?verbose", pod.url())).await?;
            ensure!(ready.contains("1 waiting to be unwrapped"), "{ready}");
            stage.sees_event(&key.name_any(), "SealingKeyWarning").await?;
            // No other key is made meanwhile.
            tokio::time::sleep(A_WHILE).await;
            ensure!(stage.keys(WRAPPED).await?.len() == 1, "a key was made while another one waits");

            service.start().await?;
            pod.wait_ready().await?;
            serves(&pod, &key).await?;
            stage.person.sees_values(namespace, "waiting", &[("v", b"waiting")]).await?;
            stage.person.sees_synced(namespace, "waiting", ConditionStatus::True).await?;
            stage.trip(namespace, "after").await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_running_controller_goes_on_without_its_service<S: TestService>(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let service = S::start_new(&stage.lab).await?;
            let pod = stage.start(stage.pod(&[&service.provider()])?).await?;
            let key = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            service.stop().await?;
            stage.trip(namespace, "one").await?;
            // A renewal waits, and is reported.
            stage.annotate(&key, RENEW).await?;
            logs(&pod, "Failed to generate new key, will retry").await?;
            serves(&pod, &key).await?;
            ensure!(stage.keys(WRAPPED).await?.len() == 1, "a key was stored that no service wrapped");
            stage.trip(namespace, "two").await?;
            service.start().await?;
            let new = stage.sees_keys(WRAPPED, 2).await?.remove(1);
            serves(&pod, &new).await?;
            stage.trip(namespace, "three").await?;
            stop(pod).await
        })
        .await
}

/// One service answers wrongly or never; a key of the other one opens.
pub(crate) async fn what_a_service_answers_wrongly_is_reported_and_harms_no_other_key(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let (bad, good) = (Plugin::start_new(&stage.lab).await?, Plugin::start_new(&stage.lab).await?);
            let both = [bad.provider(), good.provider()];
            let pod = stage.start(stage.pod(&[&bad.provider()])?).await?;
            let of_bad = stage.sees_keys(WRAPPED, 1).await?.remove(0);
            stop(pod).await?;
            let pod = stage
                .start(stage.pod(&[&good.provider()])?.env("SEALED_SECRETS_KEY_UNWRAP_WITH", &bad.provider()))
                .await?;
            stage.annotate(&of_bad, RENEW).await?;
            let of_good = stage.sees_keys(WRAPPED, 2).await?.remove(1);
            serves(&pod, &of_good).await?;
            stop(pod).await?;
            let providers: Vec<&str> = both.iter().map(String::as_str).collect();
            for fault in [PluginFault::Hang, PluginFault::OtherPlaintext, PluginFault::Denied] {
                bad.0.set_fault(Some(fault))?;
                let pod = stage.start(stage.pod(&providers)?).await?;
                serves(&pod, &of_good).await?;
                let name = format!("{fault:?}").to_lowercase();
                stage.trip(namespace, &name).await?;
                eventually(SOON, &format!("{fault:?} is logged with the key's name"), async || {
                    let log = pod.logs()?;
                    let is_named =
                        |line: &str| line.contains("unwrapped") && line.contains(&of_bad.name_any());
                    ensure!(
                        log.lines().any(|line| is_named(line) && line.contains("kmsv2:unix://")),
                        "{log}"
                    );
                    Ok(())
                })
                .await?;
                stop(pod).await?;
            }
            bad.0.set_fault(None)?;
            let pod = stage.start(stage.pod(&providers)?).await?;
            stage.seal_offline(&certificate(&of_bad)?, namespace, "old").await?;
            stage.person.sees_values(namespace, "old", &[("v", b"old")]).await?;
            stop(pod).await
        })
        .await
}
