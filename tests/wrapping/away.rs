//! A service that is away, or answers wrongly.

use anyhow::{Result, ensure};
use api::ConditionStatus;
use api::sealing_key::{RENEW, WRAPPED};
use kube::ResourceExt as _;
use tests::kms::kms_plugin::PluginFault;
use tests::network::http_client::http_client;
use tests::test::eventually::eventually;

use crate::controller::{certificate, counts_as_up, get, logs, served, serves, stop};
use crate::home::{A_WHILE, Home, SOON};
use crate::services::plugin::Plugin;
use crate::services::test_service::TestService;
use crate::values::Values;

pub(crate) async fn a_controller_that_starts_without_its_service_waits<S: TestService>(
    home: Home,
) -> Result<()> {
    let (service, pod, key) = home.first_key::<S>().await?;
    home.trip("before").await?;
    stop(pod).await?;
    service.stop().await?;

    let mut pod = home.pod(Values::of(&service)).await?.start(&home.lab).await?;
    logs(&pod, "a sealing key is not unwrapped yet").await?;
    eventually(SOON, "no certificate is served, with the reason", async || {
        let (code, text) = served(&pod).await?;
        ensure!(code == 503 && text.contains("the key management service does not answer"), "{code}: {text}");
        Ok(())
    })
    .await?;
    // A committed certificate still seals; what needs the key waits, and what was unsealed stays.
    let sealed = home.seal_offline(&certificate(&key)?, "waiting").await?.to_string();
    let status = home.person.sees_synced(&home.namespace, "waiting", ConditionStatus::Unknown).await?;
    let message = format!("{:?}", status.conditions);
    ensure!(message.contains("key management service does not answer"), "{message}");
    home.sees("before").await?;
    for path in ["verify", "rotate"] {
        let url = format!("{}/v1/{path}", pod.url());
        let answer = http_client().build()?.post(url).body(sealed.clone()).send().await?;
        ensure!(answer.status() == 503, "{path}: {}", answer.status());
    }
    let (_, ready) = get(&format!("{}/readyz?verbose", pod.url())).await?;
    ensure!(ready.contains("1 waiting to be unwrapped"), "{ready}");
    home.sees_event(&key.name_any(), "SealingKeyWarning").await?;
    counts_as_up(&pod, &service, false).await?;
    // No other key is made meanwhile.
    tokio::time::sleep(A_WHILE).await;
    ensure!(home.keys(WRAPPED).await?.len() == 1, "a key was made while another one waits");

    service.start().await?;
    pod.wait_ready().await?;
    serves(&pod, &key).await?;
    home.sees("waiting").await?;
    home.person.sees_synced(&home.namespace, "waiting", ConditionStatus::True).await?;
    home.trip("after").await?;
    counts_as_up(&pod, &service, true).await?;
    stop(pod).await
}

pub(crate) async fn a_running_controller_goes_on_without_its_service<S: TestService>(
    home: Home,
) -> Result<()> {
    let (service, pod, key) = home.first_key::<S>().await?;
    service.stop().await?;
    home.trip("one").await?;
    // A renewal waits, and is reported.
    home.annotate(&key, RENEW).await?;
    logs(&pod, "Failed to generate new key, will retry").await?;
    serves(&pod, &key).await?;
    ensure!(home.keys(WRAPPED).await?.len() == 1, "a key was stored that no service wrapped");
    home.trip("two").await?;
    service.start().await?;
    let new = home.sees_keys(WRAPPED, 2).await?.remove(1);
    serves(&pod, &new).await?;
    home.trip("three").await?;
    stop(pod).await
}

/// One service answers wrongly or never; a key of the other one opens.
pub(crate) async fn what_a_service_answers_wrongly_is_reported_and_harms_no_other_key(
    home: Home,
) -> Result<()> {
    let (bad, good) = (home.service::<Plugin>().await?, home.service::<Plugin>().await?);
    let both = [bad.provider(), good.provider()];
    let pod = home.start(Values::of(&bad)).await?;
    let of_bad = home.sees_keys(WRAPPED, 1).await?.remove(0);
    stop(pod).await?;
    let pod = home.start(Values::of(&good).unwrap_with(&bad.provider())).await?;
    home.annotate(&of_bad, RENEW).await?;
    let of_good = home.sees_keys(WRAPPED, 2).await?.remove(1);
    serves(&pod, &of_good).await?;
    stop(pod).await?;
    let providers: Vec<&str> = both.iter().map(String::as_str).collect();
    for fault in [PluginFault::Hang, PluginFault::OtherPlaintext, PluginFault::Denied] {
        bad.0.set_fault(Some(fault))?;
        let pod = home.start(Values::wrap_with(&providers)).await?;
        serves(&pod, &of_good).await?;
        let name = format!("{fault:?}").to_lowercase();
        home.trip(&name).await?;
        eventually(SOON, &format!("{fault:?} is logged with the key's name"), async || {
            let log = pod.logs()?;
            let is_named = |line: &str| line.contains("unwrapped") && line.contains(&of_bad.name_any());
            ensure!(log.lines().any(|line| is_named(line) && line.contains("kmsv2:unix://")), "{log}");
            Ok(())
        })
        .await?;
        stop(pod).await?;
    }
    bad.0.set_fault(None)?;
    let pod = home.start(Values::wrap_with(&providers)).await?;
    home.seal_offline(&certificate(&of_bad)?, "old").await?;
    home.sees("old").await?;
    stop(pod).await
}
