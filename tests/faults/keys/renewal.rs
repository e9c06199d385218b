//! Keys that are made while requests get lost: one for each request for renewal, whatever happens to the responses.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{COMPROMISED, LABEL};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use serde_json::json;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::test::eventually::eventually;

use crate::process::killed::usr1;
use crate::scene::audit::{ExpectedValues, births, right};
use crate::stage::{Stage, started, stop};

/// Retries come after half a second, and then at growing intervals.
const RETRIED: Duration = Duration::from_mins(1);

/// Long enough for an extra key to appear.
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
                let before = proxy.hits();
                proxy.set([Rule::on(verb, "secrets", fault).times(1)]);
                usr1(&pod)?;
                keys += 1;
                scene.sees_keys(keys, RETRIED).await.context(what.clone())?;
                ensure!(proxy.hits() == before + 1, "{what} was never requested");
                tokio::time::sleep(A_WHILE).await;
                let there = scene.keys().await?.len();
                ensure!(there == keys, "{what}: {there} keys instead of {keys}");
            }
            scene.expects_keys(keys);
            scene.apply("s", &sealed[0]).await?;
            right(scene, &ExpectedValues::from([("s".into(), sealed[0].value.clone())])).await?;
            stop(pod).await
        })
        .await
}

/// The annotated key is deleted while the annotation is being written: the user gets exactly one new key.
pub(crate) async fn requested_of_a_key_that_is_deleted(stage: Arc<Stage>) -> Result<()> {
    /// Long enough for the key to go.
    const ON_ITS_WAY: Duration = Duration::from_secs(2);
    let retire = |label: &str| Patch::Merge(json!({ "metadata": { "labels": { LABEL: label } } }));
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let secrets: Api<Secret> = Api::namespaced(scene.client(), &scene.home);
            let (mut keys, late) = (1, Fault::Late(ON_ITS_WAY));
            // The first controller is the only one. A process without write permission changes only its own state, and
            // may not have begun.
            for (what, label, fault) in [
                ("deleted, the only one", None, late),
                ("retired", Some("retired"), late),
                ("deleted", None, late),
                ("revoked", Some(COMPROMISED), late),
                ("retired, and no right to write", Some("retired"), Fault::Refuse(403, "Forbidden", None)),
            ] {
                let mut there = scene.keys().await?;
                there.sort_by_key(|key| key.metadata.creation_timestamp.clone().map(|created| created.0));
                let newest = there.pop().context("no key")?.name_any();
                let hits = proxy.hits();
                proxy.set([Rule::on("patch", "secrets", fault).times(1)]);
                usr1(&pod)?;
                if matches!(fault, Fault::Late(_)) {
                    eventually(RETRIED, "the question is on its way", async || {
                        ensure!(proxy.hits() == hits + 1, "{what}: no request was sent");
                        Ok(())
                    })
                    .await?;
                }
                match label {
                    Some(label) => {
                        secrets.patch(&newest, &PatchParams::default(), &retire(label)).await?;
                        keys += 1;
                    }
                    None => drop(secrets.delete(&newest, &DeleteParams::default()).await?),
                }
                scene.sees_keys(keys, RETRIED).await.context(what)?;
                tokio::time::sleep(A_WHILE).await;
                let there = scene.keys().await?.len();
                ensure!(there == keys, "{what}: {there} keys instead of {keys}");
            }
            scene.expects_keys(keys);
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
            ensure!(proxy.hits() == 3, "{} hits", proxy.hits());
            tokio::time::sleep(A_WHILE).await;
            let keys = scene.keys().await?.len();
            ensure!(keys == 1, "{keys} keys");
            stop(pod).await
        })
        .await
}

/// Two controllers that do not know of each other make one key for each date.
pub(crate) async fn by_age_in_a_race(stage: Arc<Stage>) -> Result<()> {
    /// With the jitter subtracted, and rounded up to whole seconds, as in certificates, the period stays the same.
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
            right(scene, &ExpectedValues::from([("s".into(), sealed[0].value.clone())])).await?;
            stop(pod).await
        })
        .await
}
