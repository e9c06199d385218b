//! The part `latency`: one SealedSecret at a time on an idle controller, and the floor: what any controller must do for it, done by a
//! client with the same permissions and nothing else.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures::TryFutureExt as _;

use super::backlog::TUNED;
use super::load::{self, Load, Sealed};
use super::private_key::PrivateKeyOperation;
use super::samples::Samples;
use super::site::{Site, create_one};
use crate::bench::numbers::{Floor, Latency, SIDES, Side};
use crate::bench::statistics::seconds;

/// The floor and both sides in turn, so that whatever else the machine does meets all.
const BLOCKS: usize = 4;
/// Measured in each block, after [`WARM_UP`] that are not: a controller that has just started has no open connections.
const MEASURED: usize = 50;
const WARM_UP: usize = 3;
const PAUSE: Duration = Duration::from_millis(50);
const SETTLED: Duration = Duration::from_secs(2);

pub(in crate::bench) async fn measure(site: &mut Site<'_>, full: bool) -> Result<Latency> {
    let samples = Samples::take(site).await?;
    let namespace = site.namespace().await?;
    let load = Load::of(WARM_UP + MEASURED, 1);
    let sealed = tokio::task::block_in_place(|| load::sealed(load, 0, &namespace, site.keys()))?;
    let mut latency = Latency::default();
    for _ in 0..if full { 4 * BLOCKS } else { BLOCKS } {
        latency.floor.extend(floor(site, &samples, &namespace, &sealed).await.context("the floor")?);
        site.clear(&namespace).await?;
        for side in SIDES {
            let measured = reactions(site, side, &namespace, &sealed).await;
            for (secret, synced) in measured.with_context(|| format!("{side:?}"))? {
                latency.secret.of_mut(side).push(secret);
                latency.synced.of_mut(side).push(synced);
            }
            site.compare(&namespace, load).await?;
            site.clear(&namespace).await?;
        }
    }
    Ok(latency)
}

async fn floor(site: &Site<'_>, samples: &Samples, namespace: &str, sealed: &[Sealed]) -> Result<Vec<Floor>> {
    let client = site.controllers_client().await?;
    let operation = PrivateKeyOperation::with(site.keys().first().context("there is no key")?)?;
    let mut floors = Vec::new();
    for object in sealed {
        let created = create_one(site.client(), namespace, object).await?;
        let at = (namespace, object.name.as_str());
        let private_key = seconds(tokio::task::block_in_place(|| operation.run())?);
        let start = Instant::now();
        samples.create_secret(&client, at, &created).await?;
        let secret = seconds(start.elapsed());
        let start = Instant::now();
        samples.write_status(&client, at, &created).await?;
        let status = seconds(start.elapsed());
        floors.push(Floor { private_key, secret, status });
        tokio::time::sleep(PAUSE).await;
    }
    Ok(floors.split_off(WARM_UP))
}

/// The time to the Secret and to the status, for each.
async fn reactions(
    site: &Site<'_>,
    side: Side,
    namespace: &str,
    sealed: &[Sealed],
) -> Result<Vec<(f64, f64)>> {
    let mut pod = site.start(side, TUNED).await?;
    pod.wait_ready().await?;
    let mut secrets = site.watch_secrets(namespace).await?;
    let mut statuses = site.watch_sealed(Some(namespace)).await?;
    tokio::time::sleep(SETTLED).await;
    let mut reactions = Vec::new();
    for object in sealed {
        create_one(site.client(), namespace, object).await?;
        let start = Instant::now();
        let secret = secrets.until(&object.name, false).map_ok(|()| seconds(start.elapsed()));
        let synced = statuses.until(&object.name, true).map_ok(|()| seconds(start.elapsed()));
        reactions.push(futures::try_join!(secret, synced)?);
        tokio::time::sleep(PAUSE).await;
    }
    pod.stop().await?;
    Ok(reactions.split_off(WARM_UP))
}
