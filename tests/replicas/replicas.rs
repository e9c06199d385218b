//! [`Replicas`]: running replicas; which of them leads; signals to one of them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::stage::Scene;

/// Longer than a lease by default, on two busy processors.
pub(crate) const TAKEOVER: Duration = Duration::from_mins(1);

/// The line in a leader's metrics.
const LEADS: &str = "sealed_secrets_controller_leader 1";

/// Running replicas.
pub(crate) struct Replicas(pub Vec<Pod>);

impl Replicas {
    /// Starts three replicas, and waits until they are ready.
    pub(crate) async fn three(scene: &Scene) -> Result<Self> {
        let (a, b, c) = futures::try_join!(scene.start(), scene.start(), scene.start())?;
        let mut pods = vec![a, b, c];
        for pod in &mut pods {
            pod.wait_ready().await?;
        }
        Ok(Self(pods))
    }

    /// Waits until one leads, and removes it from the list.
    pub(crate) async fn take_leader(&mut self) -> Result<Pod> {
        let at = eventually(TAKEOVER, "one of the replicas leads", async || self.leader().await).await?;
        Ok(self.0.swap_remove(at))
    }

    /// The index of the leader. There is never more than one.
    pub(crate) async fn leader(&self) -> Result<usize> {
        let mut leaders = Vec::new();
        for (at, pod) in self.0.iter().enumerate() {
            if leads(pod).await? {
                leaders.push(at);
            }
        }
        ensure!(leaders.len() < 2, "two replicas lead: {leaders:?}");
        leaders.pop().context("no replica leads")
    }

    /// Waits until one leads; returns how long that took, since `start`.
    pub(crate) async fn followed(&self, start: Instant) -> Result<Duration> {
        let fast = Duration::from_millis(20);
        while start.elapsed() < TAKEOVER {
            if self.leader().await.is_ok() {
                return Ok(start.elapsed());
            }
            tokio::time::sleep(fast).await;
        }
        self.leader().await.context("no replica took over").map(|_| start.elapsed())
    }

    /// Stops all replicas; each must exit with success.
    pub(crate) async fn stop(self) -> Result<()> {
        for pod in self.0 {
            stop(pod).await?;
        }
        Ok(())
    }
}

/// Whether a replica leads, according to its metrics.
pub(crate) async fn leads(pod: &Pod) -> Result<bool> {
    Ok(metrics(pod).await?.lines().any(|line| line == LEADS))
}

/// The metrics of a replica. A paused process does not answer.
pub(crate) async fn metrics(pod: &Pod) -> Result<String> {
    let http = http_client().timeout(Duration::from_secs(2)).build()?;
    Ok(http.get(pod.metrics_url()).send().await?.error_for_status()?.text().await?)
}

/// The response to a GET: status and body.
pub(crate) async fn get(pod: &Pod, path: &str) -> Result<(u16, String)> {
    let http = http_client().timeout(Duration::from_secs(5)).build()?;
    let answer = http.get(format!("{}{path}", pod.url())).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// Sends a signal.
pub(crate) fn signal(pod: &Pod, signal: Signal) -> Result<()> {
    let id = pod.process_id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    Ok(kill_process(id.context("it has ended")?, signal)?)
}

/// Waits until a replica's log contains this text, this often.
pub(crate) async fn logs(pod: &Pod, text: &str, times: usize) -> Result<()> {
    eventually(TAKEOVER, &format!("the log says `{text}` {times} times"), async || {
        let logs = pod.logs()?;
        ensure!(logs.matches(text).count() >= times, "{logs}");
        Ok(())
    })
    .await
}

/// Stops a replica; it must exit with success.
pub(crate) async fn stop(pod: Pod) -> Result<()> {
    let status = pod.stop().await?;
    ensure!(status.success(), "the controller ended with {status}");
    Ok(())
}

/// Waits until it ends by itself; it must exit with success. [`stop`] would send a terminating pod a second signal.
pub(crate) async fn ends(mut pod: Pod) -> Result<()> {
    let status =
        eventually(TAKEOVER, "the process has ended", async || pod.exited()?.context("it runs")).await?;
    ensure!(status.success(), "the controller ended with {status}");
    stop(pod).await
}

/// Prints how long something took.
#[expect(clippy::print_stderr, reason = "the standard error of a test binary is for such remarks")]
pub(crate) fn remark(text: &str) {
    eprintln!("    {text}");
}
