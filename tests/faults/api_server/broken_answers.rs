//! An API server that refuses requests, breaks off responses, and does not send them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;

use crate::scene::audit::{ExpectedValues, no_flood_of_events, right};
use crate::scene::churn::churn;
use crate::stage::{Stage, started, stop};

/// How long each kind of fault lasts.
const LASTS: Duration = Duration::from_secs(4);

/// The names of faults, and the rules that make them.
fn kinds() -> [(&'static str, Vec<Rule>); 8] {
    let half = |fault| vec![Rule::always(fault).per_cent(50)];
    [
        ("429", half(Fault::Refuse(429, "TooManyRequests", Some(1)))),
        ("500", half(Fault::Refuse(500, "InternalError", None))),
        ("503", half(Fault::Refuse(503, "ServiceUnavailable", None))),
        ("409", half(Fault::Refuse(409, "Conflict", None))),
        ("reset before", half(Fault::ResetBefore)),
        ("reset after", half(Fault::ResetAfter)),
        ("truncated", half(Fault::Truncate)),
        (
            "all of them",
            vec![
                Rule::always(Fault::ResetAfter).per_cent(15),
                Rule::always(Fault::Refuse(500, "InternalError", None)).per_cent(15),
                Rule::always(Fault::Refuse(429, "TooManyRequests", Some(1))).per_cent(15),
                Rule::always(Fault::Refuse(409, "Conflict", None)).per_cent(15),
                Rule::always(Fault::Truncate).per_cent(15),
            ],
        ),
    ]
}

pub(crate) async fn every_kind_of_broken_answer(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let id = pod.process_id();
            let sealed = scene.seal(&pod, 6).await?;
            for (name, rules) in kinds() {
                let before = proxy.hits();
                proxy.set(rules);
                let over = AtomicBool::new(false);
                let breaking = async {
                    tokio::time::sleep(LASTS).await;
                    over.store(true, Ordering::Relaxed);
                    anyhow::Ok(())
                };
                let churning = churn(scene, &sealed, 12, Duration::from_millis(60), &over);
                let ((), wanted) = tokio::try_join!(breaking, churning)?;
                proxy.heal();
                ensure!(proxy.hits() > before + 5, "{name}: only {} hits", proxy.hits() - before);
                right(scene, &wanted).await.with_context(|| format!("after {name}"))?;
                for leftover in wanted.keys() {
                    scene.person.delete_sealed(&scene.namespace, leftover).await?;
                }
                right(scene, &ExpectedValues::new())
                    .await
                    .with_context(|| format!("cleaning up after {name}"))?;
            }
            ensure!(pod.process_id() == id && scene.keys().await?.len() == 1);
            stop(pod).await
        })
        .await
}

/// The request was carried out, and the response was lost: a repeated request must have no further effect.
pub(crate) async fn a_write_whose_answer_is_lost(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 2).await?;
            let mut wanted = ExpectedValues::new();
            for (number, (verb, resource)) in [
                ("create", "secrets"),
                ("update", "sealedsecrets/status"),
                ("create", "events"),
                ("update", "secrets"),
            ]
            .into_iter()
            .enumerate()
            {
                let name = format!("lost-{number}");
                if verb == "update" {
                    scene.apply(&name, &sealed[0]).await?;
                    wanted.insert(name.clone(), sealed[0].value.clone());
                    right(scene, &wanted).await?;
                }
                let before = proxy.hits();
                proxy.set([Rule::on(verb, resource, Fault::ResetAfter).times(2)]);
                scene.apply(&name, &sealed[1]).await?;
                wanted.insert(name, sealed[1].value.clone());
                right(scene, &wanted).await.with_context(|| format!("after {verb} {resource}"))?;
                ensure!(proxy.hits() > before, "{verb} {resource} was never requested");
                proxy.heal();
            }
            no_flood_of_events(scene, 4).await?;
            stop(pod).await
        })
        .await
}
