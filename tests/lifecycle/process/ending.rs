//! Which requests a terminating controller answers, and when it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use reqwest::header::CONNECTION;
use rustix::process::{Pid, Signal, kill_process};
use tests::cluster::unopenable::{Keys, hopeless};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::stage::{Stage, stop};

/// Readiness fails at once; all other requests are answered until the work is finished and the Lease released.
pub(crate) async fn requests_are_answered_until_the_work_is_done(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let mut pod = stage.pod()?.flag("key-size", "4096").start(&stage.lab).await?;
            pod.wait_ready().await?;
            // A second of work each: some of them are being unsealed at the end.
            for number in 0..8 {
                stage.person.apply(&hopeless(namespace, &format!("h{number}"), Keys::Rsa4096)).await?;
            }
            let (log, url, metrics) = (pod.log_file().to_owned(), pod.url(), pod.metrics_url());
            let requesting = async {
                // Each time on a new connection: open ones are not refused.
                let http = http_client().pool_max_idle_per_host(0);
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
                            // The controller may receive SIGTERM just now.
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
            let (answered, ()) = tokio::try_join!(requesting, ending)?;
            ensure!(answered >= 4, "only {answered} requests came while it ended");
            let log = std::fs::read_to_string(&log)?;
            ensure!(log.trim_end().ends_with("stopped"), "{log}");
            Ok(())
        })
        .await
}

/// An idle controller under the chart's Deployment releases its Lease at once and answers every request for five more
/// seconds: on new connections, as from clients that still have its address, and on kept-alive ones, which it closes.
pub(crate) async fn requests_are_answered_until_the_shutdown_delay_is_over(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let mut pod = stage.pod()?.shutdown_delay().start(&stage.lab).await?;
            pod.wait_ready().await?;
            let delay = Duration::from_secs(5);
            let client = |keep_alive: usize| {
                let client = http_client().timeout(Duration::from_secs(20));
                client.pool_max_idle_per_host(keep_alive).build()
            };
            let (new, keep_alive, silent) = (client(0)?, client(1)?, client(1)?);
            let paths = ["/healthz", "/v1/cert.pem", "/readyz"].map(|path| format!("{}{path}", pod.url()));
            let urls = [&paths[..], &[pod.metrics_url()]].concat();
            for url in &urls {
                let answer = keep_alive.get(url).send().await?;
                ensure!(answer.status() == 200 && answer.headers().get(CONNECTION).is_none(), "{answer:?}");
                // Idle connections stay open to the end, and do not delay it.
                silent.get(url).send().await?;
            }
            let start = Instant::now();
            signal(&pod, Signal::TERM)?;
            logs(&pod, "serving requests until the shutdown delay is over").await?;
            ensure!(pod.logs()?.contains("lease released"), "{}", pod.logs()?);
            let mut answered = 0;
            // Clients learn of the end within this time, so that none sends a request at the last moment.
            let last = delay.saturating_sub(Duration::from_secs(1));
            while start.elapsed() < last {
                for url in &urls {
                    let expected = if url.ends_with("/readyz") { 503 } else { 200 };
                    for client in [&new, &keep_alive] {
                        let after = start.elapsed();
                        if after > last {
                            break;
                        }
                        let answer = client.get(url).send().await;
                        let answer = answer.with_context(|| format!("{url} after {after:?}"))?;
                        let close = answer.headers().get(CONNECTION).is_some_and(|value| value == "close");
                        ensure!(answer.status() == expected && close, "{url} after {after:?}: {answer:?}");
                        answered += 1;
                    }
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let status = ended(&mut pod, Duration::from_secs(10)).await?;
            let took = start.elapsed();
            // Open connections that delay the end would be closed 5 s after the delay.
            let held_up = delay + Duration::from_millis(4_500);
            ensure!(status && took >= delay && took < held_up, "{status} {took:?}");
            ensure!(answered >= 20, "only {answered} requests");
            drop(silent);
            stop(pod).await
        })
        .await
}

/// Ctrl-C at a terminal does not wait for clients.
pub(crate) async fn ctrl_c_or_a_second_signal_ends_without_a_delay(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            for signals in [&[Signal::INT][..], &[Signal::TERM, Signal::INT], &[Signal::TERM, Signal::TERM]] {
                let mut pod = stage.pod()?.flag("shutdown-delay-duration", "1h").start(&stage.lab).await?;
                pod.wait_ready().await?;
                for (at, sent) in signals.iter().enumerate() {
                    if at > 0 {
                        logs(&pod, "serving requests until the shutdown delay is over").await?;
                    }
                    signal(&pod, *sent)?;
                }
                ensure!(ended(&mut pod, Duration::from_secs(5)).await?, "{signals:?}: {}", pod.logs()?);
                let log = pod.logs()?;
                ensure!(log.contains("lease released") && log.trim_end().ends_with("stopped"), "{log}");
                stop(pod).await?;
            }
            Ok(())
        })
        .await
}

fn signal(pod: &Pod, signal: Signal) -> Result<()> {
    let id = pod.process_id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    Ok(kill_process(id.context("it has ended")?, signal)?)
}

async fn logs(pod: &Pod, text: &str) -> Result<()> {
    eventually(Duration::from_secs(20), text, async || {
        ensure!(pod.logs()?.contains(text), "{}", pod.logs()?);
        Ok(())
    })
    .await
}

/// Whether the controller exits with success within this time.
async fn ended(pod: &mut Pod, longest: Duration) -> Result<bool> {
    let start = Instant::now();
    while start.elapsed() < longest {
        if let Some(status) = pod.exited()? {
            return Ok(status.success());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(false)
}
