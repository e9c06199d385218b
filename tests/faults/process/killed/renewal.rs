//! SIGKILL while a sealing key is renewed: because a user requested it, and because it is due.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rand::rngs::StdRng;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::rule::Rule;
use tests::pod::Pod;

use super::phase::{LONGEST_HELD, MADE, Phase, held, killed, killed_in, until};
use super::{WHILE_RENEWING, usr1};
use crate::scene::audit::{ExpectedValues, births, no_flood_of_events, one_key_for_each_date, right};
use crate::stage::{Stage, started, stop};

const REQUESTED: &str = "renewal was requested: making a sealing key";
const DUE: &str = "the newest sealing key is due: making its successor";

/// A key, its successors, and the delay of a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Where a requested renewal is when the controller is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// The annotation is being written.
    Requesting,
    /// The key is being made.
    Making(Phase),
    /// The key is made, and the annotation is being removed.
    Withdrawing,
}

impl Moment {
    /// Requests a renewal, and kills the controller. Whether the kill came at this moment.
    async fn kill(self, pod: Pod, proxy: &FaultProxy, dice: &mut StdRng) -> Result<bool> {
        let hits = proxy.hits();
        let hold = |dice: &mut StdRng| proxy.set([Rule::on("patch", "secrets", held(dice)).times(1)]);
        match self {
            Self::Making(phase) => {
                usr1(&pod)?;
                return killed_in(phase, pod, (REQUESTED, MADE), proxy, dice).await;
            }
            Self::Requesting => {
                hold(dice);
                usr1(&pod)?;
            }
            Self::Withdrawing => {
                usr1(&pod)?;
                until(async || Ok(pod.logs()?.contains(REQUESTED))).await?;
                hold(dice);
            }
        }
        until(async || Ok(proxy.hits() > hits)).await?;
        let log = killed(pod).await?;
        proxy.heal();
        Ok(log.contains(MADE) == matches!(self, Self::Withdrawing))
    }
}

/// There is exactly one new key for each request.
pub(crate) async fn while_it_renews_on_request(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let start = async || started(scene.pod()?.through(&proxy.url()), &scene.lab).await;
            let mut dice = scene.dice();
            let mut pod = start().await?;
            let sealed = scene.seal(&pod, 1).await?;
            let moments =
                Phase::ALL.map(Moment::Making).into_iter().chain([Moment::Requesting, Moment::Withdrawing]);
            let mut left: Vec<Moment> = moments.cycle().take(WHILE_RENEWING / 2).collect();
            let mut keys = 1;
            for _ in 0..WHILE_RENEWING {
                let Some(moment) = left.last().copied() else { break };
                if moment.kill(pod, &proxy, &mut dice).await? {
                    left.pop();
                }
                keys += 1;
                pod = start().await?;
                scene.sees_keys(keys, SOON).await.with_context(|| format!("{moment:?}"))?;
                // The delayed requests arrive, and the controller's watch shows the new key.
                tokio::time::sleep(LONGEST_HELD).await;
                one_key_for_each_date(scene, keys).await.with_context(|| format!("{moment:?}"))?;
                // This controller's log has the line about the key that it made.
                stop(pod).await?;
                pod = start().await?;
            }
            ensure!(left.is_empty(), "never killed in time: {left:?}");
            scene.expects_keys(keys);
            scene.apply("s", &sealed[0]).await?;
            right(scene, &ExpectedValues::from([("s".into(), sealed[0].value.clone())])).await?;
            stop(pod).await
        })
        .await
}

/// There is one key for each date, whichever replica was killed at that date.
pub(crate) async fn while_it_renews_by_age(stage: Arc<Stage>) -> Result<()> {
    /// With the jitter subtracted, and rounded up to whole seconds, as in certificates, the period stays the same.
    const PERIOD: i64 = 4;
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = || anyhow::Ok(scene.pod()?.through(&proxy.url()));
            let mut dice = scene.dice();
            let first = started(pod()?, &scene.lab).await?;
            let sealed = scene.seal(&first, 1).await?;
            stop(first).await?;
            let mut left: Vec<Phase> = Phase::ALL.into_iter().cycle().take(WHILE_RENEWING / 2).collect();
            for _ in 0..WHILE_RENEWING {
                let Some(phase) = left.last().copied() else { break };
                let pod = pod()?.flag("key-renew-period", &format!("{PERIOD}s")).start(&scene.lab).await?;
                if killed_in(phase, pod, (DUE, MADE), &proxy, &mut dice).await? {
                    left.pop();
                }
            }
            ensure!(left.is_empty(), "never killed in time: {left:?}");
            tokio::time::sleep(LONGEST_HELD).await;
            let births = births(scene).await?;
            // A key that is stored too late, or lost, may coincide with the next one.
            ensure!(births.len() > WHILE_RENEWING / 6, "only these were made: {births:?}");
            let too_soon = births.windows(2).any(|pair| pair[1] - pair[0] < PERIOD);
            ensure!(!too_soon, "two keys for one date: {births:?}");
            scene.expects_keys(births.len());
            let pod = started(pod()?, &scene.lab).await?;
            scene.apply("s", &sealed[0]).await?;
            right(scene, &ExpectedValues::from([("s".into(), sealed[0].value.clone())])).await?;
            no_flood_of_events(scene, 10).await?;
            stop(pod).await
        })
        .await
}
