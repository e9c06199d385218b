//! kill -9 at random moments: a hundred times in all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, ListParams};
use rand::RngExt as _;
use rustix::process::{Pid, Signal, kill_process};
use tests::pod::{Pod, PodBuilder};

use crate::audit::{Ledger, births, no_flood_of_events, right, shows_nothing};
use crate::churn::churn;
use crate::stage::{Scene, Stage, started, stop};

const WHILE_UNSEALING: usize = 60;
const WHILE_MAKING_A_KEY: usize = 20;
const WHILE_RENEWING: usize = 20;

/// Starts a controller and kills it after a while. Whether its log shows `sign`; it is not kept, being one of a hundred.
async fn killed_after(scene: &Scene, pod: PodBuilder, life: Duration, sign: &str) -> Result<bool> {
    let pod = pod.start(&scene.lab).await?;
    tokio::time::sleep(life).await;
    let log = pod.log_file().to_owned();
    pod.kill().await?;
    shows_nothing(&log)?;
    let text = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
    std::fs::remove_file(&log)?;
    Ok(text.contains(sign))
}

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
                    let unsealing = killed_after(scene, scene.pod()?, life, "unsealed").await;
                    at_work += usize::from(unsealing.inspect_err(|_| over.store(true, Ordering::Relaxed))?);
                }
                over.store(true, Ordering::Relaxed);
                anyhow::Ok(at_work)
            };
            let churning = churn(scene, &sealed, 25, Duration::from_millis(25), &over);
            let (at_work, wanted) = tokio::try_join!(killing, churning)?;
            ensure!(at_work >= WHILE_UNSEALING / 10, "only {at_work} were at work when they were killed");
            let pod = scene.start().await?;
            right(scene, &wanted).await?;
            ensure!(scene.keys().await?.len() == 1, "another key was made");
            stop(pod).await
        })
        .await
}

pub(crate) async fn while_it_makes_its_first_key(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let secrets: Api<Secret> = Api::namespaced(scene.client(), &scene.home);
            let mut dice = scene.dice();
            let mut half_way = 0;
            for round in 0..WHILE_MAKING_A_KEY / 2 {
                secrets.delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
                for _ in 0..2 {
                    let life = Duration::from_millis(dice.random_range(20..800));
                    let making = killed_after(scene, scene.pod()?, life, "making the first").await?;
                    half_way += usize::from(making);
                }
                let pod = scene.start().await?;
                let keys = scene.keys().await?.len();
                ensure!(keys == 1, "{keys} keys in round {round}");
                let sealed = scene.seal(&pod, 1).await?;
                scene.apply("s", &sealed[0]).await?;
                let wanted = Ledger::from([("s".into(), sealed[0].value.clone())]);
                if round == 0 {
                    right(scene, &wanted).await?;
                }
                pod.kill().await?;
            }
            ensure!(half_way > 0, "none was making a key when it was killed");
            Ok(())
        })
        .await
}

pub(crate) async fn while_it_renews(stage: Arc<Stage>) -> Result<()> {
    const PERIOD: u64 = 4;
    stage
        .play(async |scene| {
            let pod = scene.start().await?;
            let sealed = scene.seal(&pod, 1).await?;
            stop(pod).await?;
            let mut dice = scene.dice();
            // Asked to: as often as it was asked, at the most.
            let mut asked = 0;
            for _ in 0..WHILE_RENEWING / 2 {
                let mut pod = scene.pod()?.start(&scene.lab).await?;
                pod.wait_ready().await?;
                usr1(&pod)?;
                asked += 1;
                tokio::time::sleep(Duration::from_millis(dice.random_range(0..400))).await;
                pod.kill().await?;
            }
            // What was asked of one that was killed, the next one does.
            let pod = scene.start().await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
            stop(pod).await?;
            let keys = scene.keys().await?.len();
            ensure!((2..=1 + asked).contains(&keys), "{keys} keys, having been asked {asked} times");

            // By age: one for each date, whoever was killed when it came.
            let (start, last) = (Instant::now(), births(scene).await?.pop().unwrap_or_default());
            let renewing = || anyhow::Ok(scene.pod()?.flag("key-renew-period", &format!("{PERIOD}s")));
            for _ in 0..WHILE_RENEWING / 2 {
                let life = Duration::from_millis(dice.random_range(100..2_500));
                killed_after(scene, renewing()?, life, "").await?;
            }
            let pod = started(renewing()?, &scene.lab).await?;
            scene.apply("s", &sealed[0]).await?;
            right(scene, &Ledger::from([("s".into(), sealed[0].value.clone())])).await?;
            stop(pod).await?;
            let lasted = start.elapsed().as_secs();
            let births: Vec<i64> = births(scene).await?.into_iter().filter(|birth| *birth >= last).collect();
            let at_most = usize::try_from(lasted / PERIOD)? + 2;
            ensure!(births.len() > 1, "no key was renewed by age in {lasted} s");
            ensure!(births.len() <= at_most, "{} keys in {lasted} s", births.len());
            // Certificates tell whole seconds only.
            let too_soon =
                births.windows(2).any(|pair| pair[1] - pair[0] < i64::try_from(PERIOD / 2).unwrap_or(0));
            ensure!(!too_soon, "two keys for one date: {births:?}");
            no_flood_of_events(scene, 10).await
        })
        .await
}

pub(crate) fn usr1(pod: &Pod) -> Result<()> {
    let id = pod.process_id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let Some(id) = id else { anyhow::bail!("it has ended") };
    Ok(kill_process(id, Signal::USR1)?)
}
