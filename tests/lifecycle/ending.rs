//! What a controller answers while it ends.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use reqwest::Client;
use tests::hopeless::{Keys, hopeless};

use crate::stage::{Stage, stop};

/// Readiness goes at once; all else is answered until the work in hand is finished and the Lease released.
pub(crate) async fn requests_are_answered_until_the_work_is_done(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let mut pod = stage.pod()?.flag("key-size", "4096").start(&stage.lab).await?;
            pod.wait_ready().await?;
            // A second of work each: some of them are in hand at the end.
            for number in 0..8 {
                stage.person.apply(&hopeless(namespace, &format!("h{number}"), Keys::Rsa4096)).await?;
            }
            let (log, url, metrics) = (pod.log_file().to_owned(), pod.url(), pod.metrics_url());
            let asking = async {
                // Each time on a connection of its own: those that are open already are not refused.
                let http = Client::builder().no_proxy().pool_max_idle_per_host(0);
                let http = http.timeout(Duration::from_secs(20)).build()?;
                let paths = ["/healthz", "/v1/cert.pem", "/readyz"].map(|path| format!("{url}{path}"));
                let (mut was_ending, mut answered) = (false, 0);
                loop {
                    let is_ending = std::fs::read_to_string(&log)?.contains("finishing the work in hand");
                    for url in paths.iter().chain([&metrics]) {
                        let code = match http.get(url).send().await {
                            Ok(answer) => answer.status(),
                            Err(error) => {
                                let log = std::fs::read_to_string(&log)?;
                                ensure!(log.contains("lease released"), "{url} too early: {error:#}\n{log}");
                                return Ok(answered);
                            }
                        };
                        match (url.ends_with("/readyz"), was_ending) {
                            (true, true) => ensure!(code == 503, "{url}: {code}"),
                            (false, _) => ensure!(code == 200, "{url}: {code}"),
                            // It may be told to end just now.
                            (true, false) => {}
                        }
                        answered += usize::from(was_ending);
                    }
                    was_ending = is_ending;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            let ending = async {
                tokio::time::sleep(Duration::from_millis(500)).await;
                stop(pod).await
            };
            let (answered, ()) = tokio::try_join!(asking, ending)?;
            ensure!(answered >= 4, "only {answered} requests came while it ended");
            let log = std::fs::read_to_string(&log)?;
            ensure!(log.trim_end().ends_with("stopped"), "{log}");
            Ok(())
        })
        .await
}
