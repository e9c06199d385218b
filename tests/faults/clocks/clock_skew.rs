//! The API server's responses have other dates than its objects, by hours and by years: a proxy rewrites the `Date`, or
//! there are several API servers. Each clock may cause one key, but not one after another.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::network::http_client::http_client;
use tests::pod::Pod;

use crate::clocks::clock::{HOUR, SOON, YEAR, looks};
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
            // The last column: the number of keys that are dated in the future, and whether the newest was stored by
            // another clock.
            for (ahead, keys, what, clock_skew) in [
                ([HOUR, HOUR], 1, "forwards by less than a period", [0, 0]),
                ([12 * HOUR, -4 * 60], 1, "apart by less than a period", [0, 0]),
                ([-HOUR, -HOUR], 2, "back behind the only key", [1, 0]),
                ([0, 0], 2, "right", [0, 0]),
                ([3 * YEAR, 3 * YEAR], 3, "forwards by years", [0, 1]),
                ([0, 0], 3, "right again", [0, 1]),
                ([YEAR, 2 * YEAR], 5, "forwards by years that differ", [0, 1]),
                ([2 * YEAR, YEAR], 5, "the other way round", [0, 1]),
                ([0, 3 * YEAR], 5, "one of them right", [0, 1]),
                ([-YEAR, -YEAR], 6, "back by a year", [5, 0]),
                ([0, 0], 6, "right at last", [0, 1]),
            ] {
                for ((proxy, _), ahead) in [&one, &two].into_iter().zip(ahead) {
                    proxy.set([Rule::always(Fault::Dated(ahead))]);
                }
                looks(scene, ahead[0]).await?;
                scene.sees_keys(keys, SOON).await?;
                // Each round takes long enough for several extra keys.
                for number in 0..2 {
                    looks(scene, number).await?;
                }
                let there = scene.keys().await?.len();
                ensure!(there == keys, "{there} keys instead of {keys}, with clocks {ahead:?} ahead: {what}");
                reports(&one.1, clock_skew).await.context(what)?;
            }
            scene.expects_keys(6);
            let logs = one.1.logs()? + &two.1.logs()?;
            let logged = logs.matches("are dated by different clocks").count();
            // The log lines of the years ahead.
            ensure!(logged == 3, "logged {logged} times");
            stop(one.1).await?;
            stop(two.1).await
        })
        .await
}

/// Metrics and `/readyz?verbose` report these keys, and the controller is ready all the same.
async fn reports(pod: &Pod, clock_skew: [usize; 2]) -> Result<()> {
    let http = http_client().build()?;
    let metrics = http.get(pod.metrics_url()).send().await?.text().await?;
    for (reason, count) in ["future", "apart"].into_iter().zip(clock_skew) {
        let gauge = format!("sealed_secrets_controller_misdated_keys{{reason=\"{reason}\"}} {count}\n");
        ensure!(metrics.contains(&gauge), "not {gauge}{metrics}");
    }
    let answer = http.get(format!("{}/readyz?verbose", pod.url())).send().await?;
    let (code, checks) = (answer.status(), answer.text().await?);
    let sign = if clock_skew == [0, 0] {
        "[+] sealing keys dated by one clock"
    } else {
        "[!] sealing keys dated by"
    };
    ensure!(code == 200 && checks.contains(sign), "{code}: {checks}");
    Ok(())
}
