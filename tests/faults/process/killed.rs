//! SIGKILL: a hundred times in all, at random moments and in each phase of making a key.

mod elected;
mod first_key;
mod phase;
mod renewal;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use rand::RngExt as _;
use rustix::process::{Pid, Signal, kill_process};
use tests::pod::Pod;

pub(crate) use self::elected::a_leader_of_three_in_a_storm;
pub(crate) use self::first_key::while_it_makes_its_first_key;
use self::phase::killed;
pub(crate) use self::renewal::{while_it_renews_by_age, while_it_renews_on_request};
use crate::scene::audit::right;
use crate::scene::churn::churn;
use crate::stage::{Stage, stop};

const WHILE_UNSEALING: usize = 60;
/// Half of the kills happen while there is no key yet.
const WHILE_MAKING_A_KEY: usize = 20;
/// Half of the renewals are requested, half of them are due by age.
const WHILE_RENEWING: usize = 20;

pub(crate) async fn while_it_unseals(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let pod = scene.start().await?;
            let sealed = scene.seal(&pod, 6).await?;
            pod.kill().await?;
            let over = AtomicBool::new(false);
            let killing = async {
                let (mut dice, mut at_work) = (scene.dice(), 0);
                for _ in 0..WHILE_UNSEALING {
                    let life = Duration::from_millis(dice.random_range(50..900));
                    let pod = scene.pod()?.start(&scene.lab).await?;
                    tokio::time::sleep(life).await;
                    at_work += usize::from(killed(pod).await?.contains(" msg=unsealed "));
                }
                over.store(true, Ordering::Relaxed);
                anyhow::Ok(at_work)
            };
            let killing = async { killing.await.inspect_err(|_| over.store(true, Ordering::Relaxed)) };
            let churning = churn(scene, &sealed, 25, Duration::from_millis(25), &over);
            let (at_work, wanted) = tokio::try_join!(killing, churning)?;
            ensure!(at_work >= WHILE_UNSEALING / 10, "only {at_work} were at work when they were killed");
            let pod = scene.start().await?;
            right(scene, &wanted).await?;
            stop(pod).await
        })
        .await
}

pub(crate) fn usr1(pod: &Pod) -> Result<()> {
    let id = pod.process_id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let Some(id) = id else { anyhow::bail!("it has ended") };
    Ok(kill_process(id, Signal::USR1)?)
}
