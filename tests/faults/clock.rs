//! The controller's clock is set, forwards and back, by hours and by years. What renewal goes by is the API server's, so nothing
//! comes of it. Steps of that one are simulated over decades, in the controller's `keys::decades`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use tests::clock::Clock;

use crate::audit::{births, no_flood_of_events, right};
use crate::churn::churn;
use crate::killed::usr1;
use crate::stage::{Scene, Stage, started, stop};

const HOUR: i64 = 3_600;
const YEAR: i64 = 365 * 24 * HOUR;

/// Retries and a key take seconds.
const SOON: Duration = Duration::from_secs(30);

pub(crate) async fn steps_of_hours_and_years(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let clock = Clock::new().await?;
            let [preload, shift] = clock.environment();
            let pod = scene.pod()?.env(preload.0, &preload.1).env(shift.0, &shift.1);
            let pod = started(pod, &scene.lab).await?;
            let id = pod.process_id();
            let sealed = scene.seal(&pod, 6).await?;
            let over = AtomicBool::new(false);
            let stepping = async {
                for ahead in [HOUR, -HOUR, 12 * HOUR, -YEAR, 3 * YEAR, 0] {
                    clock.set(ahead)?;
                    looks(scene, ahead).await?;
                }
                let keys = scene.keys().await?.len();
                ensure!(keys == 1, "{keys} keys, because of a clock that is only the controller's");
                // What is asked for is made, at any time, and is of the present.
                for (ahead, keys) in [(3 * YEAR, 2), (-3 * YEAR, 3)] {
                    clock.set(ahead)?;
                    usr1(&pod)?;
                    scene.sees_keys(keys, SOON).await?;
                }
                for ahead in [0, 3 * YEAR + HOUR, 0] {
                    clock.set(ahead)?;
                    looks(scene, ahead).await?;
                }
                over.store(true, Ordering::Relaxed);
                Ok(())
            };
            let stepping = async { stepping.await.inspect_err(|_| over.store(true, Ordering::Relaxed)) };
            let churning = churn(scene, &sealed, 15, Duration::from_millis(150), &over);
            let ((), wanted) = tokio::try_join!(stepping, churning)?;
            right(scene, &wanted).await?;
            let births = births(scene).await?;
            scene.expects_keys(3);
            let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
            ensure!(births.iter().all(|birth| (now - HOUR..=now).contains(birth)), "{births:?} at {now}");
            // The shifted clock was the controller's own: its log is dated by it.
            let logs = pod.logs()?;
            let year = |ahead: i64| format!("{}-", 1970 + (now + ahead) / 31_556_952);
            ensure!(logs.contains(&year(3 * YEAR)) && logs.contains(&year(-3 * YEAR)), "no clock was set");
            ensure!(pod.process_id() == id);
            no_flood_of_events(scene, 120).await?;
            stop(pod).await
        })
        .await
}

/// Has the controller look at its keys, by a change that means nothing to it.
async fn looks(scene: &Scene, number: i64) -> Result<()> {
    let secrets: Api<Secret> = Api::namespaced(scene.client(), &scene.home);
    let key = scene.keys().await?.pop().context("no key")?;
    let touched =
        Patch::Merge(json!({ "metadata": { "annotations": { "example.com/touched": number.to_string() } } }));
    secrets.patch_metadata(&key.name_any(), &PatchParams::default(), &touched).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    Ok(())
}
