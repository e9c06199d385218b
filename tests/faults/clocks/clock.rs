//! The controller's clock is set, forwards and back, by hours and by years. Renewal goes by the API server's clock, so
//! this has no effect. Steps of the API server's clock are simulated over decades in the controller's
//! `keys::renewal::simulation`; API servers whose clock differs from that which dates Secrets are in `clock_skew`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::process::clock::Clock;
use tests::test::eventually::eventually;

use crate::process::killed::usr1;
use crate::scene::audit::{births, no_flood_of_events, right};
use crate::scene::churn::churn;
use crate::stage::{Scene, Stage, started, stop};

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const YEAR: i64 = 365 * 24 * HOUR;

/// Retries and a key take seconds.
pub(crate) const SOON: Duration = Duration::from_secs(30);

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
                // A requested renewal is made at any time, with the present date.
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
            // The log has the dates of the shifted clock.
            let logs = pod.logs()?;
            let year = |ahead: i64| format!("{}-", 1970 + (now + ahead) / 31_556_952);
            ensure!(logs.contains(&year(3 * YEAR)) && logs.contains(&year(-3 * YEAR)), "no clock was set");
            ensure!(pod.process_id() == id);
            no_flood_of_events(scene, 120).await?;
            stop(pod).await
        })
        .await
}

/// With `--key-publish-delay`: a fast clock must not publish the key at once, and a slow one must not delay it for
/// ever.
pub(crate) async fn a_delay_before_a_key_is_published(stage: Arc<Stage>) -> Result<()> {
    const DELAY: i64 = 15;
    stage
        .play(async |scene| {
            let clock = Clock::new().await?;
            let [preload, shift] = clock.environment();
            let pod = scene.pod()?.flag("key-publish-delay", &format!("{DELAY}s"));
            let pod = started(pod.env(preload.0, &preload.1).env(shift.0, &shift.1), &scene.lab).await?;
            for (keys, ahead) in [(2, 3 * YEAR), (3, -3 * YEAR), (4, HOUR), (5, -HOUR)] {
                let before = served(&pod).await?;
                clock.set(ahead)?;
                usr1(&pod)?;
                scene.sees_keys(keys, SOON).await?;
                let born = births(scene).await?.pop().context("no key")?;
                let longest = Duration::from_secs(DELAY.cast_unsigned()) + SOON;
                let after = eventually(longest, "the new key's certificate is served", async || {
                    let now = SystemTime::now();
                    let served = served(&pod).await?;
                    ensure!(served != before, "it is not, {ahead} s ahead");
                    Ok(now)
                });
                let lasted = i64::try_from(after.await?.duration_since(UNIX_EPOCH)?.as_secs())? - born;
                // The controller looks at its keys at intervals; and the key was born at some time in that second.
                ensure!(lasted >= DELAY - 1, "{lasted} s after it was made, by a clock {ahead} s ahead");
            }
            scene.expects_keys(5);
            stop(pod).await
        })
        .await
}

async fn served(pod: &Pod) -> Result<String> {
    let http = http_client().build()?;
    let answer = http.get(format!("{}/v1/cert.pem", pod.url())).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// Makes the controller look at its keys, by a change that has no effect.
pub(crate) async fn looks(scene: &Scene, number: i64) -> Result<()> {
    let secrets: Api<Secret> = Api::namespaced(scene.client(), &scene.home);
    let key = scene.keys().await?.pop().context("no key")?;
    let touched =
        Patch::Merge(json!({ "metadata": { "annotations": { "example.com/touched": number.to_string() } } }));
    secrets.patch_metadata(&key.name_any(), &PatchParams::default(), &touched).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    Ok(())
}
