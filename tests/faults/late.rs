//! Requests that hang until the controller has given them up, and are carried out after all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use api::ConditionStatus;
use tests::fault_proxy::{Fault, FaultProxy, Rule};

use crate::audit::{Ledger, right};
use crate::stage::{Stage, started, stop};

/// The controller waits for half a minute.
const TOO_LONG: Duration = Duration::from_secs(36);

/// Status writes of the past must not hide the present, nor may they stay.
pub(crate) async fn an_answer_that_comes_too_late(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let id = pod.process_id();
            let sealed = scene.seal(&pod, 3).await?;
            let mut wanted = Ledger::new();
            for (name, verb, resource) in [
                ("create", "create", "secrets"),
                ("update", "update", "secrets"),
                ("status", "patch", "sealedsecrets/status"),
            ] {
                if verb == "update" {
                    scene.apply(name, &sealed[0]).await?;
                    scene.person.sees_synced(&scene.place, name, ConditionStatus::True).await?;
                }
                let struck = proxy.strikes() + 1;
                proxy.set([Rule::on(verb, resource, Fault::Late(TOO_LONG)).times(1)]);
                scene.apply(name, &sealed[1]).await?;
                tests::eventually::eventually(Duration::from_secs(30), "one request hangs", async || {
                    ensure!(proxy.strikes() == struck);
                    Ok(())
                })
                .await?;
                wanted.insert(name.into(), sealed[1].value.clone());
            }
            // Nobody else waits for them.
            let start = Instant::now();
            scene.apply("other", &sealed[0]).await?;
            scene.person.sees_synced(&scene.place, "other", ConditionStatus::True).await?;
            ensure!(start.elapsed() < TOO_LONG / 2, "another object took {:?}", start.elapsed());
            wanted.insert("other".into(), sealed[0].value.clone());
            // What they were about has changed by the time they are carried out.
            tokio::time::sleep(TOO_LONG.saturating_sub(start.elapsed() + Duration::from_secs(4))).await;
            for name in ["create", "update", "status"] {
                scene.apply(name, &sealed[2]).await?;
                wanted.insert(name.into(), sealed[2].value.clone());
            }
            tokio::time::sleep(Duration::from_secs(6)).await;
            right(scene, &wanted).await?;
            ensure!(pod.process_id() == id);
            stop(pod).await
        })
        .await
}
