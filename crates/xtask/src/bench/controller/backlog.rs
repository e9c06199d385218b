//! [`Task`]: SealedSecrets that wait for a controller, for each point of each curve.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use harness::pod::Pod;

use super::load::{self, Key, Load, Sealed};
use super::site::Site;
use super::usage::{self, Processes};
use crate::bench::numbers::{Curve, Restart, Run, Side};
use crate::bench::statistics::{as_f64, seconds};

/// Upstream's controller makes 5 requests a second without it.
pub(super) const TUNED: &[(&str, &str)] = &[("kubeclient-qps", "-1")];

/// After this time without work, a controller is taken to be idle.
const QUIET: Duration = Duration::from_secs(1);
/// The share of a core that an idle controller may use.
const IDLE: f64 = 0.05;
/// Far longer than upstream's controller takes for anything here.
const TIMEOUT: Duration = Duration::from_mins(10);

/// One point of a curve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task {
    pub curve: Curve,
    pub load: Load,
    pub keys: usize,
    pub rounds: usize,
    pub restarts: bool,
}

const fn task(curve: Curve, objects: usize, items: usize, keys: usize, value_bytes: usize) -> Task {
    Task { curve, load: Load { objects, items, value_bytes }, keys, rounds: 1, restarts: false }
}

/// All tasks, in the order of their number of keys. Numbers of objects are such that ours takes about a second or more, and upstream's
/// not more than a minute in the default form.
pub(super) fn tasks(full: bool) -> Vec<Task> {
    let objects = |objects, rounds| Task { rounds, restarts: true, ..task(Curve::Objects, objects, 1, 1, 0) };
    let mut tasks = vec![
        objects(100, 3),
        objects(1_000, 1),
        objects(if full { 10_000 } else { 3_000 }, 1),
        task(Curve::Defaults, 30, 1, 1, 0),
        task(Curve::Items, 300, 1, 1, 0),
        task(Curve::Items, 60, 10, 1, 0),
        task(Curve::Items, 12, 100, 1, 0),
        task(Curve::Values, 300, 1, 1, 1024),
        task(Curve::Values, 100, 1, 1, 64 * 1024),
        task(Curve::Values, 30, 1, 1, 900 * 1024),
        task(Curve::OldestKey, 300, 1, 1, 0),
        task(Curve::OldestKey, 100, 1, 10, 0),
        task(Curve::AllKeys, 300, 1, 1, 0),
        task(Curve::AllKeys, 100, 1, 10, 0),
        task(Curve::OldestKey, 40, 1, 100, 0),
        task(Curve::AllKeys, 40, 1, 100, 0),
    ];
    if full {
        for task in &mut tasks {
            task.rounds = if task.load.objects > 1_000 { 1 } else { 3 };
        }
    }
    tasks
}

impl Task {
    pub(super) fn seal(&self, namespace: &str, keys: &[Key]) -> Result<Vec<Sealed>> {
        let keys = if self.curve == Curve::AllKeys { keys } else { &keys[..keys.len().min(1)] };
        tokio::task::block_in_place(|| load::sealed(self.load, 0, namespace, keys))
    }

    /// Creates the SealedSecrets, and lets a controller unseal them; all Secrets are compared with what was sealed. What is left in the
    /// namespace stays there.
    pub(super) async fn run(
        &self,
        site: &Site<'_>,
        side: Side,
        namespace: &str,
        sealed: &[Sealed],
    ) -> Result<Run> {
        site.create(namespace, sealed).await?;
        let mut watch = site.watch_sealed(Some(namespace)).await?;
        tokio::time::sleep(QUIET).await;
        let requests_before = usage::requests(&site.client()).await?;
        let before = Processes::of(site.lab, None).await?.cpu();
        let flags = if self.curve == Curve::Defaults { &[] } else { TUNED };
        let pod = site.start(side, flags).await?;
        let start = Instant::now();
        watch.until_reported(sealed.len()).await?;
        let mut took = seconds(start.elapsed());
        let processes = Processes::of(site.lab, pod.process_id()).await?;
        let cpu_seconds = processes.cpu().since(before);
        let requests = usage::requests_since(usage::requests(&site.client()).await?, &requests_before);
        // A status may say that there is more to do.
        while site.unsynced(namespace).await? > 0 {
            ensure!(start.elapsed() < TIMEOUT, "some SealedSecrets were never synced");
            tokio::time::sleep(Duration::from_millis(100)).await;
            took = seconds(start.elapsed());
        }
        if self.restarts {
            tokio::time::sleep(2 * QUIET).await;
        }
        let memory = usage::memory(pod.process_id());
        pod.stop().await?;
        site.compare(namespace, self.load).await?;
        let restart = if self.restarts { Some(self.restart(site, side, namespace).await?) } else { None };
        Ok(Run {
            curve: self.curve,
            side,
            objects: self.load.objects,
            items: self.load.items,
            keys: self.keys,
            value_bytes: self.load.value_bytes,
            seconds: took,
            cpu_seconds,
            requests,
            memory,
            restart,
        })
    }

    /// Starts the controller again, with all unsealed, and one more SealedSecret.
    async fn restart(&self, site: &Site<'_>, side: Side, namespace: &str) -> Result<Restart> {
        let one = Load { objects: 1, ..self.load };
        let more = {
            let keys = site.keys();
            tokio::task::block_in_place(|| load::sealed(one, self.load.objects, namespace, keys))?
        };
        let new = more.first().context("nothing to seal")?;
        let mut watch = site.watch_sealed(Some(namespace)).await?;
        let requests = usage::requests(&site.client()).await?;
        let before = Processes::of(site.lab, None).await?.cpu();
        let pod = site.start(side, TUNED).await?;
        let start = Instant::now();
        site.create(namespace, &more).await?;
        watch.until(&new.name, true).await?;
        let took = seconds(start.elapsed());
        until_idle(&pod).await?;
        let processes = Processes::of(site.lab, pod.process_id()).await?;
        let cpu_seconds = processes.cpu().since(before);
        let now = usage::requests(&site.client()).await?;
        let memory = usage::memory(pod.process_id());
        pod.stop().await?;
        let all = Load { objects: self.load.objects + 1, ..self.load };
        site.compare(namespace, all).await?;
        // Three are due to the new one: its own creation, its Secret and its status.
        let writes = usage::writes(&usage::requests_since(now, &requests)).saturating_sub(3);
        Ok(Restart { seconds: took, cpu_seconds, memory, writes })
    }
}

/// Waits until the controller uses next to no CPU.
pub(super) async fn until_idle(pod: &Pod) -> Result<()> {
    let process = pod.process_id().context("the controller has ended")?;
    let start = Instant::now();
    loop {
        let before = usage::cpu_seconds(process);
        tokio::time::sleep(2 * QUIET).await;
        if usage::cpu_seconds(process) - before <= IDLE * 2.0 * QUIET.as_secs_f64() {
            return Ok(());
        }
        ensure!(start.elapsed() < TIMEOUT, "the controller never became idle");
    }
}

/// `1,000 SealedSecrets, ours: 3.61 s, 277/s`
pub(super) fn line(run: &Run) -> String {
    let Run { curve, side, objects, items, keys, value_bytes, seconds, .. } = run;
    let side = match side {
        Side::Upstream => "upstream's",
        Side::Ours => "ours",
    };
    let rate = as_f64(*objects) / seconds;
    format!(
        "{curve:?}: {objects} SealedSecrets, {items} items, {keys} keys, {value_bytes} bytes, {side}: {seconds:.2} s, {rate:.1}/s"
    )
}
