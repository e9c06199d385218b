//! The API server's answers are dated by other clocks than its objects, by hours and by years: something in between rewrites the
//! `Date`, or there are several API servers. A clock may have a key of its own; none has one after another.

use std::sync::Arc;

use anyhow::{Result, ensure};
use tests::fault_proxy::{Fault, FaultProxy, Rule};

use crate::clock::{HOUR, SOON, YEAR, looks};
use crate::stage::{Stage, started, stop};

pub(crate) async fn by_clocks_that_differ(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let start = async || {
                let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
                let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
                anyhow::Ok((proxy, pod))
            };
            let [one, two] = [start().await?, start().await?];
            for (ahead, keys, what) in [
                ([HOUR, HOUR], 1, "forwards by less than a period"),
                ([12 * HOUR, -4 * 60], 1, "apart by less than a period"),
                ([-HOUR, -HOUR], 2, "back behind the only key"),
                ([0, 0], 2, "right"),
                ([3 * YEAR, 3 * YEAR], 3, "forwards by years"),
                ([0, 0], 3, "right again"),
                ([YEAR, 2 * YEAR], 5, "forwards by years that differ"),
                ([2 * YEAR, YEAR], 5, "the other way round"),
                ([0, 3 * YEAR], 5, "one of them right"),
                ([-YEAR, -YEAR], 6, "back by a year"),
                ([0, 0], 6, "right at last"),
            ] {
                for ((proxy, _), ahead) in [&one, &two].into_iter().zip(ahead) {
                    proxy.set([Rule::always(Fault::Dated(ahead))]);
                }
                looks(scene, ahead[0]).await?;
                scene.sees_keys(keys, SOON).await?;
                // Each takes long enough for several keys too many to come.
                for number in 0..2 {
                    looks(scene, number).await?;
                }
                let there = scene.keys().await?.len();
                ensure!(there == keys, "{there} keys instead of {keys}, with clocks {ahead:?} ahead: {what}");
            }
            scene.expects_keys(6);
            let logs = one.1.logs()? + &two.1.logs()?;
            let told = logs.matches("are dated by different clocks").count();
            // Those of the years that were ahead.
            ensure!(told == 3, "told {told} times");
            stop(one.1).await?;
            stop(two.1).await
        })
        .await
}
