//! SIGKILL while the first sealing key of a cluster is made.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, ListParams};
use tests::network::fault_proxy::FaultProxy;

use super::WHILE_MAKING_A_KEY;
use super::phase::{LONGEST_HELD, Phase, killed_in};
use crate::scene::audit::{ExpectedValues, comes_right, one_key_for_each_date, right};
use crate::stage::{Stage, started};

const SIGN: &str = "no sealing key yet: making the first";
/// The log line of a controller that finds the key of the killed one, which had sent it in the last moment.
const FOUND: &str = "unsealing SealedSecrets";

/// In each round one controller is killed before there is a key, and another in one of the phases.
const ROUNDS: usize = WHILE_MAKING_A_KEY / 2;

pub(crate) async fn while_it_makes_its_first_key(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let secrets: Api<Secret> = Api::namespaced(scene.client(), &scene.home);
            let pod = || anyhow::Ok(scene.pod()?.through(&proxy.url()));
            let mut dice = scene.dice();
            let mut wanted = ExpectedValues::new();
            let mut left: Vec<Phase> = Phase::ALL.into_iter().cycle().take(ROUNDS).collect();
            for round in 0..2 * ROUNDS {
                let Some(phase) = left.last().copied() else { break };
                // SealedSecrets of a deleted key are deleted first.
                for name in std::mem::take(&mut wanted).into_keys() {
                    scene.person.delete_sealed(&scene.namespace, &name).await?;
                }
                secrets.delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
                let mut in_time = true;
                for phase in [Phase::Generating, phase] {
                    let pod = pod()?.start(&scene.lab).await?;
                    in_time = in_time && killed_in(phase, pod, (SIGN, FOUND), &proxy, &mut dice).await?;
                    if !in_time {
                        break;
                    }
                }
                let died = Instant::now();
                if in_time {
                    left.pop();
                }
                let pod = started(pod()?, &scene.lab).await?;
                let sealed = scene.seal(&pod, 1).await?;
                let name = format!("s{round}");
                scene.apply(&name, &sealed[0]).await?;
                wanted.insert(name, sealed[0].value.clone());
                tokio::time::sleep(LONGEST_HELD.saturating_sub(died.elapsed())).await;
                comes_right(scene, &wanted).await.with_context(|| format!("round {round}, {phase:?}"))?;
                one_key_for_each_date(scene, 1).await.with_context(|| format!("round {round}, {phase:?}"))?;
                pod.kill().await?;
            }
            ensure!(left.is_empty(), "never killed in time: {left:?}");
            let pod = started(pod()?, &scene.lab).await?;
            right(scene, &wanted).await?;
            pod.kill().await
        })
        .await
}
