//! [`churn`]: people who apply, change and delete SealedSecrets without pause, and who keep a ledger of what they want.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::scene::audit::Ledger;
use crate::stage::{Scene, Sealed};

/// Churns among `names` names until `over`, once in about `pause`; what ought to be there at the end.
pub(crate) async fn churn(
    scene: &Scene,
    sealed: &[Sealed],
    names: usize,
    pause: Duration,
    over: &AtomicBool,
) -> Result<Ledger> {
    let mut dice = scene.dice();
    let mut wanted = Ledger::new();
    while !over.load(Ordering::Relaxed) {
        one(scene, sealed, names, &mut dice, &mut wanted).await;
        tokio::time::sleep(pause.mul_f64(dice.random_range(0.5..1.5))).await;
    }
    Ok(wanted)
}

async fn one(scene: &Scene, sealed: &[Sealed], names: usize, dice: &mut StdRng, wanted: &mut Ledger) {
    let name = format!("s{}", dice.random_range(0..names));
    if wanted.contains_key(&name) && dice.random_bool(0.3) {
        until_done(async || match scene.person.delete_sealed(&scene.place, &name).await {
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

/// The API server may be away; people try again until it has taken what they want. The test's own limit ends this.
pub(crate) async fn until_done(attempt: impl AsyncFn() -> Result<()>) {
    while attempt().await.is_err() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn is_gone(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(kube::Error::Api(status)) if status.is_not_found())
}
