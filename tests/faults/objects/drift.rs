//! Other clients edit or delete controlled Secrets: once, at the same time as the SealedSecret changes, or
//! continuously.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, SealedSecret};
use kube::Api;
use kube::api::{Patch, PatchParams};
use rand::RngExt as _;
use serde_json::json;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::network::http_client::http_client;
use tests::test::eventually::eventually;

use crate::scene::audit::{ExpectedValues, events, right};
use crate::stage::{Scene, Stage, started, stop};

/// The messages of the object's events with this reason.
async fn event_messages(scene: &Scene, name: &str, reason: &str) -> Result<Vec<String>> {
    let about = events(scene).await?.into_iter().filter(|event| {
        event.involved_object.name.as_deref() == Some(name) && event.reason.as_deref() == Some(reason)
    });
    let mut event_messages: Vec<String> = about.filter_map(|event| event.message).collect();
    event_messages.sort_unstable();
    Ok(event_messages)
}

pub(crate) async fn an_edit_is_corrected_within_a_second_and_reported_once(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            let pod = scene.start().await?;
            let sealed = scene.seal(&pod, 1).await?;
            let mut took = Vec::new();
            let mut wanted = ExpectedValues::new();
            for number in 0..10 {
                let name = format!("s{number}");
                scene.apply(&name, &sealed[0]).await?;
                wanted.insert(name, sealed[0].value.clone());
            }
            right(scene, &wanted).await?;
            for (number, name) in wanted.keys().enumerate() {
                let edited = person.get_secret(namespace, name).await?.metadata.uid;
                let start = Instant::now();
                if number % 2 == 0 {
                    person.patch_secret(namespace, name, &json!({ "stringData": { "v": "edited" } })).await?;
                } else {
                    person.delete_secret(namespace, name).await?;
                }
                loop {
                    let now = person.get_secret(namespace, name).await.ok();
                    let right = now.filter(|now| {
                        let value = now.data.as_ref().and_then(|data| data.get("v"));
                        let anew = number % 2 == 0 || now.metadata.uid != edited;
                        anew && value.is_some_and(|value| value.0 == sealed[0].value.as_bytes())
                    });
                    if right.is_some() {
                        break;
                    }
                    ensure!(start.elapsed() < Duration::from_secs(30), "{name} was never corrected");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                took.push(start.elapsed());
            }
            took.sort_unstable();
            // The machine may be busy for a moment, but not each time.
            ensure!(took[took.len() / 2] < Duration::from_secs(1), "it took {took:?}");
            right(scene, &wanted).await?;
            for (number, name) in wanted.keys().enumerate() {
                let correction = match number % 2 {
                    0 => {
                        "SealedSecret unsealed successfully: the Secret had been edited, which was corrected"
                    }
                    _ => {
                        "SealedSecret unsealed successfully: the Secret had been deleted, and was created again"
                    }
                };
                // Sorted by text: the unsealing, and one correction.
                let expected = ["SealedSecret unsealed successfully", correction];
                eventually(Duration::from_secs(10), "both have one event each", async || {
                    let unsealed = event_messages(scene, name, "Unsealed").await?;
                    ensure!(unsealed == expected, "{name}: {unsealed:?}");
                    Ok(())
                })
                .await?;
            }
            let http = http_client().build()?;
            let metrics = http.get(pod.metrics_url()).send().await?.text().await?;
            let corrected = format!("sealed_secrets_controller_drift_corrections_total {}\n", wanted.len());
            ensure!(metrics.contains(&corrected), "{metrics}");
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_conflict_is_bounded_reported_and_ends(stage: Arc<Stage>) -> Result<()> {
    const LASTS: Duration = Duration::from_secs(20);
    stage
        .play(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            scene.apply("db", &sealed[0]).await?;
            let wanted = ExpectedValues::from([("db".into(), sealed[0].value.clone())]);
            right(scene, &wanted).await?;
            let written = async || {
                let secrets = proxy.done("update", "secrets").await + proxy.done("create", "secrets").await;
                (
                    secrets,
                    proxy.done("update", "sealedsecrets/status").await,
                    proxy.done("create", "events").await,
                )
            };
            let (before, read_before) = (written().await, proxy.done("get", "secrets").await);
            let start = Instant::now();
            let mut edits = 0_u32;
            while start.elapsed() < LASTS {
                // The other client writes at every interval, not only after a correction.
                edits += 1;
                let edit = json!({ "stringData": { "v": format!("edit {edits}") } });
                person.patch_secret(namespace, "db", &edit).await?;
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            let status = person.sees_synced(namespace, "db", ConditionStatus::Unknown).await?;
            let message = status.conditions[0].message.clone().unwrap_or_default();
            ensure!(message.contains("another client keeps changing"), "{message}");
            let after = written().await;
            let writes = (after.0 - before.0, after.1 - before.1, after.2 - before.2);
            ensure!(writes.0 <= 10 && writes.1 <= 20 && writes.2 <= 20, "{writes:?} against {edits} edits");
            // Each edit is a change, but causes no request before its delay is over.
            let read = proxy.done("get", "secrets").await - read_before;
            ensure!(read <= u64::from(edits) / 4, "read {read} times for {edits} edits");
            right(scene, &wanted).await.context("after the editor has stopped")?;
            stop(pod).await
        })
        .await
}

/// The correction of an edit fails, and then another process takes over: the random password stays, and so do the
/// labels of others.
pub(crate) async fn what_is_random_outlives_a_failure_and_a_restart(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            scene.apply("db", &sealed[0]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let objects: Api<SealedSecret> = Api::namespaced(scene.client(), namespace);
            let template = json!({ "data": { "token": "{{ randAlphaNum 40 }}" },
                                   "metadata": { "labels": { "ours": "1" } } });
            let patch = Patch::Merge(json!({ "spec": { "template": template } }));
            objects.patch("db", &PatchParams::default(), &patch).await?;
            let token = async || {
                let secret = person.get_secret(namespace, "db").await?;
                let token = secret.data.unwrap_or_default().remove("token").context("no token")?.0;
                anyhow::Ok((token, secret.metadata.labels.unwrap_or_default()))
            };
            let long = Duration::from_secs(30);
            let (made, _) = eventually(long, "it is rendered", async || token().await).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            proxy.set([Rule::on("update", "secrets", Fault::Refuse(500, "InternalError", None))]);
            let edit = json!({ "metadata": { "labels": { "ours": "2", "theirs": "1" } } });
            person.patch_secret(namespace, "db", &edit).await?;
            person.sees_synced(namespace, "db", ConditionStatus::Unknown).await?;
            stop(pod).await?;
            // Corrected by the test, so that only the other client's label differs.
            person
                .patch_secret(namespace, "db", &json!({ "metadata": { "labels": { "ours": "1" } } }))
                .await?;
            let pod = scene.start().await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let (now, labels) = token().await?;
            ensure!(now == made, "the token is another");
            ensure!(labels.len() == 2 && labels["theirs"] == "1", "{labels:?}");
            stop(pod).await
        })
        .await
}

pub(crate) async fn a_secret_deleted_while_it_is_updated(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            let pod = scene.start().await?;
            let sealed = scene.seal(&pod, 4).await?;
            let mut dice = scene.dice();
            let mut wanted = ExpectedValues::new();
            for number in 0..10 {
                scene.apply(&format!("s{number}"), &sealed[0]).await?;
            }
            for _ in 0..12 {
                for number in 0..10 {
                    let name = format!("s{number}");
                    let sealed = &sealed[dice.random_range(0..sealed.len())];
                    let edit = json!({ "stringData": { "v": "edited" } });
                    // In any order; deleting a Secret that is gone fails, which does not matter here.
                    let (applied, _, _) = tokio::join!(
                        scene.apply(&name, sealed),
                        person.delete_secret(namespace, &name),
                        person.patch_secret(namespace, &name, &edit),
                    );
                    applied?;
                    wanted.insert(name, sealed.value.clone());
                }
            }
            right(scene, &wanted).await?;
            stop(pod).await
        })
        .await
}
