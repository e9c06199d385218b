//! Sealing keys that are added, removed, or invalid, while the controller runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::keys::renewal::{get, request_renewal};
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

/// Many objects wait for a key: refused while there is another key, then without any key, tried at growing intervals.
/// All are opened when their key comes.
pub(crate) async fn a_key_that_arrives_opens_all_within_a_second(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: usize = 40;
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            let secret = Person::secret(namespace, "any", &json!({ "v": "1" }));
            let mut sealed = person.seal(&secret, &["--scope", "namespace-wide"]).await?;
            stop(pod).await?;
            let [lost] = stage.keys().await?.try_into().ok().context("not one key")?;
            stage.secrets().delete(&lost.name_any(), &DeleteParams::default()).await?;
            let pod = stage.start().await?;
            let [other] = stage.keys().await?.try_into().ok().context("not one key")?;
            for number in 0..OBJECTS {
                sealed["metadata"]["name"] = json!(format!("s{number}"));
                person.apply(&sealed).await?;
            }
            let last = format!("s{}", OBJECTS - 1);
            person.sees_synced(namespace, &last, ConditionStatus::False).await?;
            stage.secrets().delete(&other.name_any(), &DeleteParams::default()).await?;
            person.sees_synced(namespace, &last, ConditionStatus::Unknown).await?;
            // Long enough that the next try would come many seconds later.
            tokio::time::sleep(Duration::from_secs(10)).await;

            let secrets: Api<Secret> = Api::namespaced(stage.lab.client(), namespace);
            stage.secrets().create(&PostParams::default(), &restored(&lost)).await?;
            let (start, mut took) = (Instant::now(), BTreeMap::new());
            while took.len() < OBJECTS {
                for secret in secrets.list_metadata(&ListParams::default()).await?.items {
                    took.entry(secret.name_any()).or_insert_with(|| start.elapsed());
                }
                ensure!(start.elapsed() < Duration::from_secs(30), "{} are there", took.len());
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let mut took: Vec<Duration> = took.into_values().collect();
            took.sort_unstable();
            // The machine may be busy for a moment.
            ensure!(took[OBJECTS / 2] < Duration::from_secs(1), "it took {took:?}");
            ensure!(took[OBJECTS - 1] < Duration::from_secs(5), "it took {took:?}");
            for number in 0..OBJECTS {
                person.sees_synced(namespace, &format!("s{number}"), ConditionStatus::True).await?;
            }
            stop(pod).await
        })
        .await
}

/// A cut-off time in the past makes exactly one new key, whether a controller was running then or not, and however
/// often one is started later.
pub(crate) async fn a_cutoff_renews_once(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            // Later than a busy machine is ready.
            let cutoff = SystemTime::now() + Duration::from_secs(15);
            let written = Timestamp::try_from(cutoff)?.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
            let start = async || {
                let mut pod = stage.pod()?.flag("key-cutoff-time", &written).start(&stage.lab).await?;
                pod.wait_ready().await?;
                anyhow::Ok(pod)
            };
            let pod = start().await?;
            ensure!(stage.keys().await?.len() == 1, "it renewed before its time");
            ensure!(SystemTime::now() < cutoff, "it was not ready in time");
            eventually(Duration::from_secs(30), "it renews at the cut-off", async || {
                let keys = stage.keys().await?.len();
                ensure!(keys == 2, "{keys} keys");
                Ok(())
            })
            .await?;
            // The cut-off has whole seconds.
            ensure!(SystemTime::now() + Duration::from_secs(1) >= cutoff, "it renewed before its time");
            tokio::time::sleep(Duration::from_secs(4)).await;
            stop(pod).await?;
            let pod = start().await?;
            tokio::time::sleep(Duration::from_secs(4)).await;
            let keys = stage.keys().await?.len();
            ensure!(keys == 2, "{keys} keys for one cut-off");
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

/// On the same page of every list as the real keys, at the start and while a watch is open.
pub(crate) async fn a_key_secret_with_too_many_items_breaks_no_other(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let pod = stage.start().await?;
            let before = stage.keys().await?;
            let items: BTreeMap<String, &str> = (0..6_000).map(|number| (format!("v{number}"), "")).collect();
            let mut odd = Person::secret(HOME, "odd", &json!(items));
            odd["stringData"]["tls.key"] = json!("x");
            odd["stringData"]["tls.crt"] = json!("y");
            odd["type"] = json!("kubernetes.io/tls");
            odd["metadata"]["labels"] = json!({ sealing_key::LABEL: "active" });
            let odd: Secret = serde_json::from_value(odd)?;
            stage.secrets().create(&PostParams::default(), &odd).await?;
            let logs_refusal = async |pod: &Pod| {
                eventually(Duration::from_secs(20), "the refusal is reported", async || {
                    let logs = pod.logs()?;
                    let text = "this Secret is labelled as a sealing key and cannot be used as one";
                    let mut lines = logs.lines().filter(|line| line.contains(text));
                    let why = "more than 5000 entries in data";
                    ensure!(lines.any(|line| line.contains("secret=odd") && line.contains(why)), "{logs}");
                    let gauge = "sealed_secrets_controller_key_refusals{reason=\"too_many_entries\"} 1";
                    let (_, metrics) = get(&pod.metrics_url()).await?;
                    ensure!(metrics.contains(gauge), "{metrics}");
                    Ok(())
                })
                .await
            };
            logs_refusal(&pod).await?;
            let about = "involvedObject.name=odd,reason=SealingKeyRefused";
            eventually(Duration::from_secs(20), "an event reports it", async || {
                let events = stage.events(HOME, about).await?;
                let text = events.iter().filter_map(|event| event.message.as_deref());
                ensure!(
                    text.clone().any(|text| text.contains("more than 5000 entries in data")),
                    "{events:?}"
                );
                Ok(())
            })
            .await?;
            stop(pod).await?;

            // It is in the first list of the next controller.
            let pod = stage.start().await?;
            logs_refusal(&pod).await?;
            request_renewal(&stage, &before[0]).await?;
            eventually(Duration::from_secs(30), "the key is renewed", async || {
                let keys =
                    stage.secrets().list(&ListParams::default().labels(sealing_key::LABEL)).await?.items;
                ensure!(keys.len() == 3, "{} keys, with the odd one", keys.len());
                Ok(())
            })
            .await?;
            stage.person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            stage.person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            let listing =
                stage.lab.kubeseal(Maker::Ours)?.output(&["keys", "list", "-o", "json"], b"").await?;
            let listing: Value = serde_json::from_slice(&listing)?;
            let states = listing["keys"].as_array().context("no keys")?.iter().map(|key| &key["state"]);
            let mut states: Vec<_> = states.filter_map(Value::as_str).collect();
            states.sort_unstable();
            ensure!(states == ["active", "active", "unusable"], "{listing}");
            stop(pod).await
        })
        .await
}

pub(crate) async fn without_rights_it_says_what_is_missing(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.pod()?.service_account("default").start(&stage.lab).await?;
            eventually(Duration::from_secs(10), "the log has a line about it", async || {
                let logs = pod.logs()?;
                ensure!(
                    logs.contains("watching the sealing keys failed") && logs.contains("forbidden"),
                    "{logs}"
                );
                Ok(())
            })
            .await?;
            let http = http_client().build()?;
            let ready = http.get(format!("{}/readyz", pod.url())).send().await?;
            ensure!(ready.status() == 503 && ready.text().await?.contains("[-] sealing keys read"));
            stop(pod).await
        })
        .await
}
