//! [`Replicas`]: running replicas; which of them leads; what is done to one of them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::stage::Scene;

/// Longer than a lease by default, and than what two busy cores add to it.
pub(crate) const TAKEOVER: Duration = Duration::from_mins(1);

/// What a scrape by Prometheus shows of a leader.
const LEADS: &str = "sealed_secrets_controller_leader 1";

/// Replicas that run.
pub(crate) struct Replicas(pub Vec<Pod>);

impl Replicas {
    /// Three, started at once and waited for until they are ready.
    pub(crate) async fn three(scene: &Scene) -> Result<Self> {
        let (a, b, c) = futures::try_join!(scene.start(), scene.start(), scene.start())?;
        let mut pods = vec![a, b, c];
        for pod in &mut pods {
            pod.wait_ready().await?;
        }
        Ok(Self(pods))
    }

    /// Waits until one leads, and takes it out.
    pub(crate) async fn take_leader(&mut self) -> Result<Pod> {
        let at = eventually(TAKEOVER, "one of the replicas leads", async || self.leader().await).await?;
        Ok(self.0.swap_remove(at))
    }

    /// Which one leads right now. Never more than one.
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

    /// Waits until one leads; how long that took, since `start`.
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

    /// Ends all of them, and each must end well.
    pub(crate) async fn stop(self) -> Result<()> {
        for pod in self.0 {
            stop(pod).await?;
        }
        Ok(())
    }
}

/// Whether it leads, by its own metrics.
pub(crate) async fn leads(pod: &Pod) -> Result<bool> {
    Ok(metrics(pod).await?.lines().any(|line| line == LEADS))
}

/// Its metrics. A process that is paused does not answer.
pub(crate) async fn metrics(pod: &Pod) -> Result<String> {
    let http = http_client().timeout(Duration::from_secs(2)).build()?;
    Ok(http.get(pod.metrics_url()).send().await?.error_for_status()?.text().await?)
}

/// What it answers to a GET: status and body.
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

/// Waits until its log has this in it, so often.
pub(crate) async fn logs(pod: &Pod, text: &str, times: usize) -> Result<()> {
    eventually(TAKEOVER, &format!("the log says `{text}` {times} times"), async || {
        let logs = pod.logs()?;
        ensure!(logs.matches(text).count() >= times, "{logs}");
        Ok(())
    })
    .await
}

/// Stops it, and it must end well.
pub(crate) async fn stop(pod: Pod) -> Result<()> {
    let status = pod.stop().await?;
    ensure!(status.success(), "the controller ended with {status}");
    Ok(())
}

/// Waits until it has ended by itself, and it must end well. To [`stop`] a pod that was told to end is a second signal.
pub(crate) async fn ends(mut pod: Pod) -> Result<()> {
    let status =
        eventually(TAKEOVER, "the process has ended", async || pod.exited()?.context("it runs")).await?;
    ensure!(status.success(), "the controller ended with {status}");
    stop(pod).await
}

/// For the person who looks at how long it took.
#[expect(clippy::print_stderr, reason = "the standard error of a test binary is for such remarks")]
pub(crate) fn remark(text: &str) {
    eprintln!("    {text}");
}
