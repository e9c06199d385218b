//! A status that the API server will not take: the Secret comes all the same, and event and metric tell it, once.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Event;
use serde_json::json;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::rule::Rule;
use tests::network::fault_proxy::strike::Fault;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::scene::audit::{Ledger, events, right};
use crate::stage::{Scene, Stage, started, stop};

/// Longer than the second try is waited for, and the third.
const LONG: Duration = Duration::from_secs(30);

/// Without the right to it, without the subresource, and where the object breaks a rule it did not break when it was stored.
const REFUSALS: [(u16, &str); 3] = [(403, "Forbidden"), (404, "NotFound"), (422, "Invalid")];

pub(crate) async fn a_status_that_is_not_taken(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, place) = (&scene.person, &scene.place);
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 2).await?;
            let mut wanted = Ledger::new();
            for (code, reason) in REFUSALS {
                let (good, bad) = (format!("good-{code}"), format!("bad-{code}"));
                let refuse = |verb| Rule::on(verb, "sealedsecrets/status", Fault::Refuse(code, reason, None));
                proxy.set([refuse("patch"), refuse("update")]);
                let strikes = proxy.strikes();
                scene.apply(&good, &sealed[0]).await?;
                scene.apply(&bad, &sealed[0]).await?;
                let broken = json!({ "spec": { "encryptedData": { "v": "%%%" } } });
                person.patch_sealed(place, &bad, &broken).await?;
                person.sees_values(place, &good, &[("v", sealed[0].value.as_bytes())]).await?;
                let refused = eventually(LONG, "the fault is told", async || {
                    let told = told(scene, &bad).await?;
                    let fault = |(warning, message): &(bool, String)| {
                        *warning && message.contains("illegal base64 data (v)")
                    };
                    ensure!(told.iter().any(fault), "{told:?}");
                    Ok(told)
                });
                let refused = refused.await?;
                sees_conditions(&pod, place, &[(&good, 1), (&bad, -1)]).await?;

                // It is tried again, and nothing of that is news.
                eventually(LONG, "the status is tried again", async || {
                    ensure!(proxy.strikes() >= strikes + 6, "{} tries", proxy.strikes() - strikes);
                    Ok(())
                })
                .await?;
                let unsealed = [(false, "SealedSecret unsealed successfully".to_owned())];
                ensure!(told(scene, &good).await? == unsealed, "{:?}", told(scene, &good).await?);
                ensure!(told(scene, &bad).await? == refused, "{:?}", told(scene, &bad).await?);
                ensure!(
                    person.get_sealed(place, &good).await?.status.unwrap_or_default().conditions.is_empty()
                );

                // A change is news as ever; and once it can be written, all is as if it always could.
                scene.apply(&good, &sealed[1]).await?;
                person.sees_values(place, &good, &[("v", sealed[1].value.as_bytes())]).await?;
                person.delete_sealed(place, &bad).await?;
                proxy.heal();
                wanted.insert(good.clone(), sealed[1].value.clone());
                right(scene, &wanted).await.with_context(|| format!("after {code}"))?;
                let told = told(scene, &good).await?;
                ensure!(told.len() == 2 && told.iter().all(|told| *told == unsealed[0]), "{told:?}");
            }
            let text = metrics(&pod).await?;
            let counted = format!("unseal_errors_total{{reason=\"status\",namespace=\"{place}\"}}");
            ensure!(text.contains(&counted), "{text}");
            stop(pod).await
        })
        .await
}

/// What the events on an object tell: whether it is a warning, and in which words.
async fn told(scene: &Scene, name: &str) -> Result<Vec<(bool, String)>> {
    let about = events(scene).await?.into_iter();
    let about = about.filter(|event| event.involved_object.name.as_deref() == Some(name));
    let words = |event: Event| (event.type_.as_deref() == Some("Warning"), event.message.unwrap_or_default());
    let mut told: Vec<_> = about.map(words).collect();
    told.sort_unstable();
    Ok(told)
}

async fn metrics(pod: &Pod) -> Result<String> {
    let http = http_client().build()?;
    Ok(http.get(pod.metrics_url()).send().await?.text().await?)
}

async fn sees_conditions(pod: &Pod, namespace: &str, wanted: &[(&String, i8)]) -> Result<()> {
    eventually(LONG, "the metric tells the state", async || {
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
