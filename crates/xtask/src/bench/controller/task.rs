//! [`Task`]: one thing that both controllers are given to do, and how long it takes as a user sees it: from outside, by what is
//! in the API server.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use harness::lab::Maker;
use harness::pod::Pod;

use super::load;
use super::site::Site;

/// One thing to do.
pub(super) struct Task {
    pub name: &'static str,
    /// How many rounds are measured.
    pub rounds: usize,
    /// Sealing keys in the cluster, at least; tasks are in the order of it.
    pub keys: usize,
    /// SealedSecrets, and values in each.
    objects: (usize, usize),
    /// Whether upstream's gets `--kubeclient-qps=-1`, without which it makes 5 requests a second.
    tuned: bool,
    /// Whether each side's own kubeseal seals, ours with its hint at the key; upstream's for both, if not.
    own_kubeseal: bool,
    what: What,
}

enum What {
    /// From the start of a controller until all that waited are synced.
    Waiting,
    /// Each by itself, from its creation to its Secret.
    OneByOne,
    /// From a controller's start, with all unsealed already, until it unseals a new one.
    Restart,
}

/// The results of a task.
pub(super) struct Measured {
    pub times: Vec<Duration>,
    /// The highest memory use of the controller, in KiB.
    pub peak: Option<u64>,
}

const fn task(name: &'static str, what: What, objects: (usize, usize)) -> Task {
    Task { name, rounds: 3, keys: 1, objects, tuned: true, own_kubeseal: false, what }
}

pub(super) const ALL: [Task; 6] = [
    task("300 waiting", What::Waiting, (300, 1)),
    Task { rounds: 1, tuned: false, ..task("30, default flags", What::Waiting, (30, 1)) },
    Task { rounds: 1, ..task("one by one", What::OneByOne, (30, 1)) },
    task("300, restart", What::Restart, (300, 1)),
    Task { rounds: 1, keys: 30, ..task("20 x 5, 30 keys", What::Waiting, (20, 5)) },
    Task { rounds: 1, keys: 30, own_kubeseal: true, ..task("the same, own seal", What::Waiting, (20, 5)) },
];

impl Task {
    pub(super) async fn run(&self, site: &Site<'_>, maker: Maker, namespace: &str) -> Result<Measured> {
        let sealer = if self.own_kubeseal { maker } else { Maker::Upstream };
        let kubeseal = site.lab.kubeseal(sealer)?;
        let mut sealed = load::sealed(&kubeseal, &site.keys[..self.keys], self.objects, namespace).await?;
        let count = sealed.len();
        let flags: &[_] = if self.tuned { &[("kubeclient-qps", "-1")] } else { &[] };
        match self.what {
            What::Waiting => {
                site.create(namespace, sealed).await?;
                let start = Instant::now();
                let pod = site.start(maker, flags).await?;
                site.synced(namespace, count).await?;
                end(pod, vec![start.elapsed()]).await
            }
            What::OneByOne => {
                let mut pod = site.start(maker, flags).await?;
                pod.wait_ready().await?;
                let mut times = Vec::new();
                for object in sealed {
                    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
                    let start = Instant::now();
                    site.create(namespace, vec![object]).await?;
                    site.secret(namespace, &name).await?;
                    times.push(start.elapsed());
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                end(pod, times).await
            }
            What::Restart => {
                let last = sealed.pop().context("nothing to seal")?;
                let name = last["metadata"]["name"].as_str().unwrap_or_default().to_owned();
                site.create(namespace, sealed).await?;
                let first = site.start(maker, flags).await?;
                site.synced(namespace, count - 1).await?;
                first.stop().await?;
                let start = Instant::now();
                let second = site.start(maker, flags).await?;
                site.create(namespace, vec![last]).await?;
                site.secret(namespace, &name).await?;
                end(second, vec![start.elapsed()]).await
            }
        }
    }
}

async fn end(pod: Pod, times: Vec<Duration>) -> Result<Measured> {
    let peak = pod.process_id().and_then(peak_memory);
    pod.stop().await?;
    Ok(Measured { times, peak })
}

/// As Linux counts it; none elsewhere.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
