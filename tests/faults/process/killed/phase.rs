//! [`Phase`]: a moment in the making of a sealing key, and a SIGKILL at that moment. The log shows when the making
//! begins, and the fault proxy delays the requests.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rand::RngExt as _;
use rand::rngs::StdRng;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::pod::Pod;

use crate::scene::audit::shows_nothing;

/// The log line about a key that its maker knows to be stored.
pub(super) const MADE: &str = "New key written";

/// No request is delayed longer than this.
pub(super) const LONGEST_HELD: Duration = Duration::from_millis(1_500);

/// Starting and reading keys takes a second, and longer on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Where a key is when the controller that makes it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The key is being generated.
    Generating,
    /// The request to store it is under way, and arrives after the kill.
    Storing,
    /// The key is stored, and the response has not arrived.
    Stored,
}

impl Phase {
    pub(super) const ALL: [Self; 3] = [Self::Generating, Self::Storing, Self::Stored];

    fn fault(self, dice: &mut StdRng) -> Fault {
        match self {
            // A kill that comes too late for the first phase is in time for the second.
            Self::Generating | Self::Storing => held(dice),
            Self::Stored => Fault::LateAnswer(SOON),
        }
    }
}

/// Delays a request for a random time, during which the next controller starts or makes a key itself.
pub(super) fn held(dice: &mut StdRng) -> Fault {
    Fault::Late(LONGEST_HELD.mul_f64(dice.random_range(0.2..1.0)))
}

/// Kills the controller in this phase of the making of the key that its log announces by `sign`; by `moot` the log says
/// that there is nothing to make. False if it was not in that phase, because the machine was busy.
pub(super) async fn killed_in(
    phase: Phase,
    pod: Pod,
    (sign, moot): (&str, &str),
    proxy: &FaultProxy,
    dice: &mut StdRng,
) -> Result<bool> {
    let (hits, stored) = (proxy.hits(), proxy.done("create", "secrets").await);
    let is_moot = |log: &str| !log.contains(sign) && log.contains(moot);
    until(async || pod.logs().map(|log| log.contains(sign) || is_moot(&log))).await?;
    if is_moot(&pod.logs()?) {
        killed(pod).await?;
        return Ok(false);
    }
    proxy.set([Rule::on("create", "secrets", phase.fault(dice)).times(1)]);
    let is_missed = || anyhow::Ok(pod.logs()?.contains(MADE));
    match phase {
        Phase::Generating => tokio::time::sleep(Duration::from_millis(dice.random_range(0..20))).await,
        Phase::Storing => until(async || Ok(proxy.hits() > hits || is_missed()?)).await?,
        Phase::Stored => {
            until(async || Ok(proxy.done("create", "secrets").await > stored || is_missed()?)).await?;
        }
    }
    let log = killed(pod).await?;
    proxy.heal();
    let is_held = proxy.hits() > hits;
    Ok(!log.contains(MADE) && is_held == (phase != Phase::Generating))
}

/// Kills the controller; returns its log, which is then deleted, because there are a hundred of them.
pub(super) async fn killed(pod: Pod) -> Result<String> {
    let file = pod.log_file().to_owned();
    pod.kill().await?;
    shows_nothing(&file)?;
    let log = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
    std::fs::remove_file(&file)?;
    Ok(log)
}

/// Polls quickly, because the state may last a twentieth of a second only.
pub(super) async fn until(condition: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !condition().await? {
        ensure!(start.elapsed() < SOON, "it did not come to that in {SOON:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}
