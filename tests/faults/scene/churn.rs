//! [`churn`]: users who apply, change and delete SealedSecrets continuously, and record the expected values.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::scene::audit::ExpectedValues;
use crate::stage::{Scene, Sealed};

/// Changes objects among `names` names until `over`, about once in `interval`; returns the expected values.
pub(crate) async fn churn(
    scene: &Scene,
    sealed: &[Sealed],
    names: usize,
    interval: Duration,
    over: &AtomicBool,
) -> Result<ExpectedValues> {
    let mut dice = scene.dice();
    let mut wanted = ExpectedValues::new();
    while !over.load(Ordering::Relaxed) {
        one(scene, sealed, names, &mut dice, &mut wanted).await;
        tokio::time::sleep(interval.mul_f64(dice.random_range(0.5..1.5))).await;
    }
    Ok(wanted)
}

async fn one(scene: &Scene, sealed: &[Sealed], names: usize, dice: &mut StdRng, wanted: &mut ExpectedValues) {
    let name = format!("s{}", dice.random_range(0..names));
    if wanted.contains_key(&name) && dice.random_bool(0.3) {
        until_done(async || match scene.person.delete_sealed(&scene.namespace, &name).await {
            Err(error) if is_gone(&error) => Ok(()),
            other => other,
        })
        .await;
        wanted.remove(&name);
    } else {
        let sealed = &sealed[dice.random_range(0..sealed.len())];
        until_done(async || scene.apply(&name, sealed).await).await;
        wanted.insert(name, sealed.value.clone());
    }
}

/// Repeats a request until the API server has accepted it. The test's own time limit ends this.
pub(crate) async fn until_done(attempt: impl AsyncFn() -> Result<()>) {
    while attempt().await.is_err() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn is_gone(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(kube::Error::Api(status)) if status.is_not_found())
}
