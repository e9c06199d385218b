//! Two controllers that were installed by mistake.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::pod::builder::PodBuilder;
use tests::test::temp_namespace::with_temp_ns;

use crate::scene::audit::{ExpectedValues, no_flood_of_events, one_key_for_each_date, right};
use crate::scene::churn::churn;
use crate::scene::witness::Witness;
use crate::stage::{Scene, Stage, started, stop};

/// A controller without leader election, which does not know of the other one.
fn alone(scene: &Scene) -> Result<PodBuilder> {
    scene.pod()
}

/// Two installations that watch the same namespace: what either of them opens is unsealed, and what only one of them
/// can open is not reported as broken.
pub(crate) async fn with_different_keys(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            with_temp_ns(&scene.lab, async |home| {
                let other = scene.in_another_home(home).await?;
                // A controller refuses what it cannot open until the other one has opened it.
                scene.expects_refusals();
                let witness = Witness::of(scene.client(), &scene.namespace).await?;
                let one = started(alone(scene)?, &scene.lab).await?;
                let two = started(alone(&other)?, &scene.lab).await?;
                let sealed = [scene.seal(&one, 1).await?, other.seal(&two, 1).await?].concat();
                let mut wanted = ExpectedValues::new();
                for round in 0..3 {
                    for number in 0..20 {
                        let (name, sealed) = (format!("s{number}"), &sealed[(number + round) % 2]);
                        scene.apply(&name, sealed).await?;
                        wanted.insert(name, sealed.value.clone());
                    }
                    right(scene, &wanted).await.with_context(|| format!("round {round}"))?;
                }
                for name in wanted.keys() {
                    let edit = json!({ "stringData": { "v": "edited" } });
                    scene.person.patch_secret(&scene.namespace, name, &edit).await?;
                }
                right(scene, &wanted).await.context("after an edit")?;
                ensure!(witness.most_changes() <= 25, "a status changed {} times", witness.most_changes());
                no_flood_of_events(scene, 20).await?;
                witness.testify()?;

                // Each starts again, and leaves what the other one wrote.
                stop(one).await?;
                let one = started(alone(scene)?, &scene.lab).await?;
                stop(two).await?;
                let two = started(alone(&other)?, &scene.lab).await?;
                right(scene, &wanted).await.context("after a restart of each")?;
                stop(two).await?;
                one_key_for_each_date(&other, 1).await?;
                stop(one).await
            })
            .await
        })
        .await
}

/// Two controllers with the same keys do the same work, with the same result.
pub(crate) async fn with_the_same_keys(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (one, two) =
                tokio::try_join!(started(alone(scene)?, &scene.lab), started(alone(scene)?, &scene.lab))?;
            let first_keys = scene.keys().await?.len();
            let sealed = scene.seal(&one, 6).await?;
            let over = AtomicBool::new(false);
            let timing = async {
                tokio::time::sleep(Duration::from_secs(8)).await;
                over.store(true, Ordering::Relaxed);
                anyhow::Ok(())
            };
            let churning = churn(scene, &sealed, 15, Duration::from_millis(50), &over);
            let ((), wanted) = tokio::try_join!(timing, churning)?;
            right(scene, &wanted).await?;
            stop(one).await?;
            stop(two).await?;
            ensure!(first_keys == 1, "{first_keys} first keys were made");
            Ok(())
        })
        .await
}
