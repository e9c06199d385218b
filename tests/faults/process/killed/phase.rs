//! [`Phase`]: a moment in the making of a sealing key, and a kill -9 just then. It is no luck: the log says when a key begins to
//! be made, and the fault proxy holds what is on its way.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rand::RngExt as _;
use rand::rngs::StdRng;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::rule::Rule;
use tests::network::fault_proxy::strike::Fault;
use tests::pod::Pod;

use crate::scene::audit::shows_nothing;

/// What the log says of a key that its maker knows to be stored.
pub(super) const MADE: &str = "New key written";

/// What is held longer than this is not waited for.
pub(super) const LONGEST_HELD: Duration = Duration::from_millis(1_500);

/// Starting and reading keys takes a second, and a busy machine some more.
const SOON: Duration = Duration::from_secs(30);

/// Where a key is when its maker dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// In memory, and not whole.
    Generating,
    /// On its way, to arrive when its maker is dead.
    Storing,
    /// Stored, and its maker was not told.
    Stored,
}

impl Phase {
    pub(super) const ALL: [Self; 3] = [Self::Generating, Self::Storing, Self::Stored];

    fn fault(self, dice: &mut StdRng) -> Fault {
        match self {
            // A kill that comes too late for the one is at least in time for the other.
            Self::Generating | Self::Storing => held(dice),
            Self::Stored => Fault::LateAnswer(SOON),
        }
    }
}

/// For a random time, during which the next controller starts or makes a key itself.
pub(super) fn held(dice: &mut StdRng) -> Fault {
    Fault::Late(LONGEST_HELD.mul_f64(dice.random_range(0.2..1.0)))
}

/// Kills it in this phase of the making of the key that its log announces by `sign`; by `moot` it says that there is nothing to
/// make. False if it was not in that phase, because the machine was busy with something else.
pub(super) async fn killed_in(
    phase: Phase,
    pod: Pod,
    (sign, moot): (&str, &str),
    proxy: &FaultProxy,
    dice: &mut StdRng,
) -> Result<bool> {
    let (struck, stored) = (proxy.strikes(), proxy.done("create", "secrets"));
    let is_moot = |log: &str| !log.contains(sign) && log.contains(moot);
    until(|| pod.logs().map(|log| log.contains(sign) || is_moot(&log))).await?;
    if is_moot(&pod.logs()?) {
        killed(pod).await?;
        return Ok(false);
    }
    proxy.set([Rule::on("create", "secrets", phase.fault(dice)).times(1)]);
    let is_missed = || anyhow::Ok(pod.logs()?.contains(MADE));
    match phase {
        Phase::Generating => tokio::time::sleep(Duration::from_millis(dice.random_range(0..20))).await,
        Phase::Storing => until(|| Ok(proxy.strikes() > struck || is_missed()?)).await?,
        Phase::Stored => until(|| Ok(proxy.done("create", "secrets") > stored || is_missed()?)).await?,
    }
    let log = killed(pod).await?;
    proxy.heal();
    let is_held = proxy.strikes() > struck;
    Ok(!log.contains(MADE) && is_held == (phase != Phase::Generating))
}

/// Kills it. Its log, which is not kept, being one of a hundred.
pub(super) async fn killed(pod: Pod) -> Result<String> {
    let file = pod.log_file().to_owned();
    pod.kill().await?;
    shows_nothing(&file)?;
    let log = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
    std::fs::remove_file(&file)?;
    Ok(log)
}

/// Asks ever so often: what is waited for may be over in the twentieth part of a second.
pub(super) async fn until(condition: impl Fn() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !condition()? {
        ensure!(start.elapsed() < SOON, "it did not come to that in {SOON:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}
