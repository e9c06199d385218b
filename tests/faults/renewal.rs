//! Keys that are made while requests get lost: one for each time it was asked, whatever became of the answers.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tests::fault_proxy::{Fault, FaultProxy, Rule};

use crate::audit::{Ledger, births, right};
use crate::killed::usr1;
use crate::stage::{Stage, started, stop};

/// Retries come after half a second, and then ever more rarely.
const RETRIED: Duration = Duration::from_mins(1);

/// Long enough for a key too many to come.
const A_WHILE: Duration = Duration::from_secs(5);

pub(crate) async fn a_new_key_whose_answer_is_lost(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            let mut keys = 1;
            for (fault, verb) in [
                (Fault::ResetAfter, "create"),
                (Fault::ResetBefore, "create"),
                (Fault::Truncate, "create"),
                (Fault::Refuse(409, "AlreadyExists", None), "create"),
                (Fault::Refuse(500, "InternalError", None), "create"),
                (Fault::ResetAfter, "patch"),
                (Fault::ResetBefore, "patch"),
                (Fault::ResetBefore, "list"),
            ] {
                let what = format!("{fault:?} on {verb}");
                let before = proxy.strikes();
                proxy.set([Rule::on(verb, "secrets", fault).times(1)]);
                usr1(&pod)?;
                keys += 1;
                scene.sees_keys(keys, RETRIED).await.context(what.clone())?;
                ensure!(proxy.strikes() == before + 1, "{what} was never asked for");
                tokio::time::sleep(A_WHILE).await;
                let there = scene.keys().await?.len();
                ensure!(there == keys, "{what}: {there} keys instead of {keys}");
            }
            scene.expects_keys(keys);
            scene.apply("s", &sealed[0]).await?;
            right(scene, &Ledger::from([("s".into(), sealed[0].value.clone())])).await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn the_first_key_of_all(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            proxy.set([
                Rule::on("create", "secrets", Fault::Refuse(500, "InternalError", None)).times(1),
                Rule::on("create", "secrets", Fault::Refuse(429, "TooManyRequests", Some(1))).times(1),
                Rule::on("create", "secrets", Fault::ResetAfter).times(1),
            ]);
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            ensure!(proxy.strikes() == 3, "{} strikes", proxy.strikes());
            tokio::time::sleep(A_WHILE).await;
            let keys = scene.keys().await?.len();
            ensure!(keys == 1, "{keys} keys");
            stop(pod).await
        })
        .await
}

/// Two that do not know of each other, and one key for each date.
pub(crate) async fn by_age_in_a_race(stage: Arc<Stage>) -> Result<()> {
    /// Less the jitter, and rounded up to whole seconds, which is what certificates tell, it is the same.
    const PERIOD: i64 = 4;
    const PERIODS: u64 = 5;
    stage
        .play(async |scene| {
            let period = format!("{PERIOD}s");
            let pod = || anyhow::Ok(scene.pod()?.flag("key-renew-period", &period));
            let (one, two) = tokio::try_join!(started(pod()?, &scene.lab), started(pod()?, &scene.lab))?;
            let sealed = scene.seal(&one, 1).await?;
            tokio::time::sleep(Duration::from_secs(PERIOD.unsigned_abs() * PERIODS)).await;
            stop(one).await?;
            stop(two).await?;
            let births = births(scene).await?;
            ensure!(
                births.windows(2).all(|pair| pair[1] - pair[0] >= PERIOD),
                "two keys for one date: {births:?}"
            );
            ensure!(births.len() >= 4, "dates were missed: {births:?}");
            scene.expects_keys(births.len());
            let pod = scene.start().await?;
            scene.apply("s", &sealed[0]).await?;
            right(scene, &Ledger::from([("s".into(), sealed[0].value.clone())])).await?;
            stop(pod).await
        })
        .await
}
