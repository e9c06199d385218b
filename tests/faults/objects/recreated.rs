//! SealedSecrets that are deleted and created again before garbage collection has deleted their Secrets.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use rand::RngExt as _;

use crate::scene::audit::{ExpectedValues, right};
use crate::stage::{Stage, stop};

pub(crate) async fn deleted_and_recreated_at_once(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let pod = scene.start().await?;
            let sealed = scene.seal(&pod, 4).await?;
            let mut dice = scene.dice();
            let mut wanted = ExpectedValues::new();
            for _ in 0..8 {
                for number in 0..15 {
                    let name = format!("s{number}");
                    if wanted.contains_key(&name) {
                        scene.person.delete_sealed(&scene.namespace, &name).await?;
                    }
                    // With the same or another value, by chance.
                    let sealed = &sealed[dice.random_range(0..sealed.len())];
                    scene.apply(&name, sealed).await?;
                    wanted.insert(name, sealed.value.clone());
                }
                tokio::time::sleep(Duration::from_millis(dice.random_range(0..500))).await;
            }
            right(scene, &wanted).await?;
            stop(pod).await
        })
        .await
}
