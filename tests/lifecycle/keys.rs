//! Sealing keys that come, go, and are not what they seem, while the controller runs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use serde_json::json;
use tests::eventually::eventually;
use tests::lab::Maker;
use tests::person::Person;

use crate::stage::{HOME, Stage, stop};

/// The key Secret as a backup would restore it.
pub(crate) fn restored(key: &Secret) -> Secret {
    let metadata = ObjectMeta {
        name: key.metadata.name.clone(),
        namespace: Some(HOME.into()),
        labels: key.metadata.labels.clone(),
        ..ObjectMeta::default()
    };
    Secret { metadata, ..key.clone() }
}

pub(crate) async fn a_key_that_arrives_opens_what_waited_for_it(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            let sealed = person.seal(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            stop(pod).await?;
            let [lost] = stage.keys().await?.try_into().ok().context("not one key")?;
            stage.secrets().delete(&lost.name_any(), &DeleteParams::default()).await?;

            let pod = stage.start().await?;
            ensure!(stage.keys().await?.len() == 1, "a new key was made");
            person.apply(&sealed).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            ensure!(status.conditions[0].reason.as_deref() == Some("NoKeyOpens"), "{status:?}");

            stage.secrets().create(&PostParams::default(), &restored(&lost)).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_key_taken_out_is_not_served_any_more(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let kubeseal = stage.lab.kubeseal(Maker::Ours)?;
            let pod = stage.start().await?;
            let first = kubeseal.output(&["--fetch-cert"], b"").await?;
            stop(pod).await?;
            let [old] = stage.keys().await?.try_into().ok().context("not one key")?;
            stage.secrets().delete(&old.name_any(), &DeleteParams::default()).await?;
            let pod = stage.start().await?;
            let second = kubeseal.output(&["--fetch-cert"], b"").await?;
            ensure!(first != second);
            stage.secrets().create(&PostParams::default(), &restored(&old)).await?;

            let newest: Vec<Secret> =
                stage.keys().await?.into_iter().filter(|key| key.name_any() != old.name_any()).collect();
            let compromised = json!({ "metadata": { "labels": { sealing_key::LABEL: "compromised" } } });
            let newest = newest[0].name_any();
            stage.secrets().patch(&newest, &PatchParams::default(), &Patch::Merge(compromised)).await?;
            eventually(Duration::from_secs(10), "the other key is served", async || {
                let served = kubeseal.output(&["--fetch-cert"], b"").await?;
                ensure!(served == first, "it is not");
                Ok(())
            })
            .await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_broken_key_breaks_no_other(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let pod = stage.start().await?;
            let label = json!({ sealing_key::LABEL: "active" });
            for (name, kind, data) in [
                ("garbage", "kubernetes.io/tls", json!({ "tls.key": "x", "tls.crt": "y" })),
                ("opaque", "Opaque", json!({ "tls.key": "x" })),
            ] {
                let mut secret = Person::secret(HOME, name, &data);
                secret["type"] = json!(kind);
                secret["metadata"]["labels"] = label.clone();
                stage.person.apply(&secret).await?;
            }
            eventually(Duration::from_secs(10), "both are named in the log", async || {
                let logs = pod.logs()?;
                ensure!(logs.contains(" secret=garbage") && logs.contains(" secret=opaque"), "{logs}");
                Ok(())
            })
            .await?;
            stage.person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            stage.person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn without_rights_it_says_what_is_missing(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.pod()?.service_account("default").start(&stage.lab).await?;
            eventually(Duration::from_secs(10), "the log tells of it", async || {
                let logs = pod.logs()?;
                ensure!(
                    logs.contains("watching the sealing keys failed") && logs.contains("forbidden"),
                    "{logs}"
                );
                Ok(())
            })
            .await?;
            let http = reqwest::Client::builder().no_proxy().build()?;
            let ready = http.get(format!("{}/readyz", pod.url())).send().await?;
            ensure!(ready.status() == 503 && ready.text().await?.contains("[-] sealing keys read"));
            stop(pod).await
        })
        .await
}
