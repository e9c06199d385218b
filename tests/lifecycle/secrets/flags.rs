//! Flags that change what the controller does.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use kube::ResourceExt as _;
use serde_json::json;
use tests::chart::CONTROLLER_NAME;
use tests::chart::upstream_rights;
use tests::lab::Maker;
use tests::network::http_client::http_client;
use tests::pod::builder::PodBuilder;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;
use tokio::process::Command;

use crate::stage::{HOME, Stage, stop};

async fn started(stage: &Stage, pod: PodBuilder) -> Result<tests::pod::Pod> {
    let mut pod = pod.start(&stage.lab).await?;
    pod.wait_ready().await?;
    Ok(pod)
}

pub(crate) async fn only_the_given_namespaces(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |inside| {
            with_temp_ns(&stage.lab, async |outside| {
                let person = &stage.person;
                let pod = stage.pod()?.flag("all-namespaces", "false").flag("additional-namespaces", inside);
                let pod = started(&stage, pod).await?;
                person.seal_and_apply(&Person::secret(outside, "db", &json!({ "v": "1" })), &[]).await?;
                person.seal_and_apply(&Person::secret(inside, "db", &json!({ "v": "1" })), &[]).await?;
                person.sees_values(inside, "db", &[("v", b"1")]).await?;
                // Drift is corrected there too, so Secrets are watched there.
                person.delete_secret(inside, "db").await?;
                person.sees_values(inside, "db", &[("v", b"1")]).await?;
                ensure!(
                    person.get_sealed(outside, "db").await?.status.unwrap_or_default().conditions.is_empty()
                );
                stop(pod).await
            })
            .await
        })
        .await
}

pub(crate) async fn only_the_labels_of_the_selector(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = started(&stage, stage.pod()?.flag("label-selector", "team=shop")).await?;
            let mut sealed =
                person.seal(&Person::secret(namespace, "other", &json!({ "v": "1" })), &[]).await?;
            person.apply(&sealed).await?;
            sealed = person.seal(&Person::secret(namespace, "ours", &json!({ "v": "1" })), &[]).await?;
            sealed["metadata"]["labels"] = json!({ "team": "shop" });
            person.apply(&sealed).await?;
            person.sees_synced(namespace, "ours", ConditionStatus::True).await?;
            ensure!(person.get_secret(namespace, "other").await.is_err(), "the other was unsealed as well");
            stop(pod).await
        })
        .await
}

pub(crate) async fn hands_off_deleted_and_edited_secrets(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = started(&stage, stage.pod()?.flag("skip-recreate", "true")).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            person.delete_secret(namespace, "db").await?;
            // Another object is unsealed meanwhile.
            person.seal_and_apply(&Person::secret(namespace, "later", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "later", ConditionStatus::True).await?;
            ensure!(person.get_secret(namespace, "db").await.is_err(), "it was created again");
            person.patch_secret(namespace, "later", &json!({ "stringData": { "v": "edited" } })).await?;
            stop(pod).await?;
            let pod = started(&stage, stage.pod()?.flag("skip-recreate", "true")).await?;
            person.seal_and_apply(&Person::secret(namespace, "last", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "last", ConditionStatus::True).await?;
            ensure!(person.get_secret(namespace, "db").await.is_err(), "it was created again at the start");
            person.sees_values(namespace, "later", &[("v", b"edited")]).await?;
            // A change of the SealedSecret recreates the Secret.
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "2" })), &[]).await?;
            person.sees_values(namespace, "db", &[("v", b"2")]).await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn says_nothing_on_the_status(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = started(&stage, stage.pod()?.flag("update-status", "false")).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            person.sees_event(namespace, "db", "Unsealed").await?;
            let status = person.get_sealed(namespace, "db").await?.status.unwrap_or_default();
            ensure!(status.conditions.is_empty(), "{status:?}");
            stop(pod).await
        })
        .await
}

/// With garbage collection stopped: it would delete the Secrets too, and the test could not see which did.
pub(crate) async fn deletes_secrets_itself(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            // Our chart gives no permission to delete: by default nothing is deleted.
            upstream_rights::grant(&stage.lab.client(), HOME, CONTROLLER_NAME).await?;
            let pod = started(&stage, stage.pod()?.flag("old-gc-behavior", "true")).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let collector = stage.lab.control_plane.process_ids().await;
            let collector = collector.first().context("no controller-manager")?.to_string();
            signal("-STOP", &collector).await?;
            let deleted = async {
                person.delete_sealed(namespace, "db").await?;
                person.sees_no_secret(namespace, "db").await
            };
            let deleted = deleted.await;
            signal("-CONT", &collector).await?;
            deleted?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn signal(name: &str, process: &str) -> Result<()> {
    ensure!(
        Command::new("kill").args([name, process]).status().await?.success(),
        "kill {name} {process} failed"
    );
    Ok(())
}

pub(crate) async fn renews_by_age_and_on_sigusr1(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let kubeseal = stage.lab.kubeseal(Maker::Ours)?;
            let labels = "example.com/team=shop";
            let pod = started(&stage, stage.pod()?.flag("privatekey-labels", labels)).await?;
            let old = kubeseal.output(&["--fetch-cert"], b"").await?;
            let sealed_before =
                person.seal(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            let id = pod.process_id().context("it ended")?.to_string();
            signal("-USR1", &id).await?;
            let two = async |count: usize| {
                eventually(Duration::from_secs(20), "there is one key more", async || {
                    let keys = stage.keys().await?;
                    ensure!(keys.len() == count, "{} keys", keys.len());
                    ensure!(keys.iter().all(|key| key.labels()["example.com/team"] == "shop"));
                    Ok(())
                })
                .await
            };
            two(2).await?;
            // A value that was sealed before still opens.
            person.apply(&sealed_before).await?;
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            stop(pod).await?;

            // The newest key is older than the period, so it is renewed at the start.
            tokio::time::sleep(Duration::from_secs(2)).await;
            let pod = stage.pod()?.flag("privatekey-labels", labels).flag("key-renew-period", "1h");
            let pod = started(&stage, pod.flag("key-cutoff-time", "Fri, 01 Jan 2100 00:00:00 +0000")).await?;
            ensure!(stage.keys().await?.len() == 2, "a cut-off to come renews nothing");
            stop(pod).await?;
            let pod = stage.pod()?.flag("privatekey-labels", labels).flag("key-renew-period", "1s");
            let pod = started(&stage, pod).await?;
            two(3).await?;
            let new = kubeseal.output(&["--fetch-cert"], b"").await?;
            ensure!(new != old, "the old certificate is still served");
            pod.kill().await
        })
        .await
}

pub(crate) async fn serves_metrics_under_upstreams_names(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            person.seal_and_apply(&Person::secret(namespace, "good", &json!({ "v": "1" })), &[]).await?;
            let mut bad = person.seal(&Person::secret(namespace, "bad", &json!({ "v": "1" })), &[]).await?;
            bad["metadata"]["labels"] = json!({ "app.kubernetes.io/instance": "shop" });
            bad["spec"]["encryptedData"]["v"] = json!("%%%");
            person.apply(&bad).await?;
            person.sees_synced(namespace, "good", ConditionStatus::True).await?;
            person.sees_synced(namespace, "bad", ConditionStatus::False).await?;
            let metrics = async || {
                let http = http_client().build()?;
                anyhow::Ok(http.get(pod.metrics_url()).send().await?.text().await?)
            };
            let text = metrics().await?;
            let condition = |name: &str, instance: &str, value: i8| {
                format!(
                    "condition_info{{namespace=\"{namespace}\",name=\"{name}\",condition=\"Synced\",\
                     ss_app_kubernetes_io_instance=\"{instance}\"}} {value}"
                )
            };
            for line in [
                condition("good", "", 1),
                condition("bad", "shop", -1),
                format!("unseal_errors_total{{reason=\"unseal\",namespace=\"{namespace}\"}} 1"),
                "http_requests_total{path=\"/readyz\",code=\"200\",method=\"GET\"}".into(),
                "build_info{revision=".into(),
                "unseal_requests_total".into(),
            ] {
                ensure!(text.contains(&format!("sealed_secrets_controller_{line}")), "{line}\n{text}");
            }
            ensure!(
                text.contains("process_cpu_seconds_total") && text.contains("process_resident_memory_bytes")
            );

            person.delete_sealed(namespace, "bad").await?;
            eventually(Duration::from_secs(10), "a deleted object is not shown any more", async || {
                ensure!(!metrics().await?.contains("name=\"bad\""));
                Ok(())
            })
            .await?;
            stop(pod).await
        })
        .await
}
