//! The API server refuses a status: the Secret is written, and an event and the metric report the state, once.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Event;
use serde_json::json;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::scene::audit::{ExpectedValues, events, right};
use crate::stage::{Scene, Stage, started, stop};

/// Longer than the delay before the second try, and before the third.
const LONG: Duration = Duration::from_secs(30);

/// Without the permission, without the subresource, and where a stored object violates a newer rule.
const REFUSALS: [(u16, &str); 3] = [(403, "Forbidden"), (404, "NotFound"), (422, "Invalid")];

pub(crate) async fn a_status_that_is_not_taken(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 2).await?;
            let mut wanted = ExpectedValues::new();
            for (code, reason) in REFUSALS {
                let (good, bad) = (format!("good-{code}"), format!("bad-{code}"));
                proxy.set([Rule::on("update", "sealedsecrets/status", Fault::Refuse(code, reason, None))]);
                let hits = proxy.hits();
                scene.apply(&good, &sealed[0]).await?;
                scene.apply(&bad, &sealed[0]).await?;
                let broken = json!({ "spec": { "encryptedData": { "v": "%%%" } } });
                person.patch_sealed(namespace, &bad, &broken).await?;
                person.sees_values(namespace, &good, &[("v", sealed[0].value.as_bytes())]).await?;
                let refused = eventually(LONG, "the error is reported", async || {
                    let events_about = events_about(scene, &bad).await?;
                    let fault = |(warning, message): &(bool, String)| {
                        *warning && message.contains("illegal base64 data (v)")
                    };
                    ensure!(events_about.iter().any(fault), "{events_about:?}");
                    Ok(events_about)
                });
                let refused = refused.await?;
                sees_conditions(&pod, namespace, &[(&good, 1), (&bad, -1)]).await?;

                // The status is tried again, without a new event.
                eventually(LONG, "the status is tried again", async || {
                    ensure!(proxy.hits() >= hits + 6, "{} tries", proxy.hits() - hits);
                    Ok(())
                })
                .await?;
                let unsealed = [(false, "SealedSecret unsealed successfully".to_owned())];
                ensure!(
                    events_about(scene, &good).await? == unsealed,
                    "{:?}",
                    events_about(scene, &good).await?
                );
                ensure!(
                    events_about(scene, &bad).await? == refused,
                    "{:?}",
                    events_about(scene, &bad).await?
                );
                ensure!(
                    person
                        .get_sealed(namespace, &good)
                        .await?
                        .status
                        .unwrap_or_default()
                        .conditions
                        .is_empty()
                );

                // A change is reported; and once the status can be written, it is complete.
                scene.apply(&good, &sealed[1]).await?;
                person.sees_values(namespace, &good, &[("v", sealed[1].value.as_bytes())]).await?;
                person.delete_sealed(namespace, &bad).await?;
                proxy.heal();
                wanted.insert(good.clone(), sealed[1].value.clone());
                right(scene, &wanted).await.with_context(|| format!("after {code}"))?;
                let events_about = events_about(scene, &good).await?;
                ensure!(
                    events_about.len() == 2
                        && events_about.iter().all(|events_about| *events_about == unsealed[0]),
                    "{events_about:?}"
                );
            }
            let text = metrics(&pod).await?;
            let counted = format!("unseal_errors_total{{reason=\"status\",namespace=\"{namespace}\"}}");
            ensure!(text.contains(&counted), "{text}");
            stop(pod).await
        })
        .await
}

/// The events about an object: whether each is a warning, and its message.
async fn events_about(scene: &Scene, name: &str) -> Result<Vec<(bool, String)>> {
    let about = events(scene).await?.into_iter();
    let about = about.filter(|event| event.involved_object.name.as_deref() == Some(name));
    let words = |event: Event| (event.type_.as_deref() == Some("Warning"), event.message.unwrap_or_default());
    let mut events_about: Vec<_> = about.map(words).collect();
    events_about.sort_unstable();
    Ok(events_about)
}

async fn metrics(pod: &Pod) -> Result<String> {
    let http = http_client().build()?;
    Ok(http.get(pod.metrics_url()).send().await?.text().await?)
}

async fn sees_conditions(pod: &Pod, namespace: &str, wanted: &[(&String, i8)]) -> Result<()> {
    eventually(LONG, "the metric has the state", async || {
        let text = metrics(pod).await?;
        for (name, value) in wanted {
            let line = format!(
                "condition_info{{namespace=\"{namespace}\",name=\"{name}\",condition=\"Synced\",\
                 ss_app_kubernetes_io_instance=\"\"}} {value}"
            );
            ensure!(text.contains(&line), "{line}\n{text}");
        }
        Ok(())
    })
    .await
}
