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
/// How long a controller rests before its memory is taken: both return some of it to the system only after a while.
const REST: Duration = Duration::from_secs(10);
/// The share of a core that an idle controller may use.
const IDLE: f64 = 0.05;
/// Far longer than upstream's controller takes for anything here.
const TIMEOUT: Duration = Duration::from_mins(30);

/// One point of a curve.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) struct Task {
    pub curve: Curve,
    pub load: Load,
    pub keys: usize,
    /// How many of the keys seal: the oldest, and others at the same distance from each other.
    pub sealed_with: usize,
    pub rounds: usize,
    pub restarts: bool,
}

/// Sealed with the oldest key.
pub(super) const fn task(curve: Curve, load: Load, keys: usize) -> Task {
    Task { curve, load, keys, sealed_with: 1, rounds: 1, restarts: false }
}

/// The tasks of the memory: three sizes.
pub(in crate::bench) fn memory_tasks(full: bool) -> Vec<Task> {
    let task = |objects| {
        let load = Load { is_applied: true, ..Load::of(objects, 5) };
        Task { restarts: true, ..task(Curve::Memory, load, 1) }
    };
    if full { [1_000, 3_000, 10_000] } else { [500, 1_000, 2_000] }.map(task).into()
}

/// The tasks of the throughput, in the order of their number of keys. Numbers of objects are such that ours takes about a second or more,
/// and upstream's not more than a minute or two in the default form; but for the 10,000 of a restore.
pub(in crate::bench) fn throughput_tasks(full: bool) -> Vec<Task> {
    let one_item = |curve, objects, keys| task(curve, Load::of(objects, 1), keys);
    let values = |objects, value_bytes| task(Curve::Values, Load { value_bytes, ..Load::of(objects, 1) }, 1);
    let all_keys = |objects, keys| Task { sealed_with: keys, ..one_item(Curve::AllKeys, objects, keys) };
    let old_keys = |keys, sealed_with| {
        let load = Load::of(if full { 500 } else { 100 }, 5);
        Task { sealed_with, ..task(Curve::OldKeys, load, keys) }
    };
    let mut tasks = vec![
        Task { rounds: 3, ..one_item(Curve::Objects, 100, 1) },
        one_item(Curve::Objects, 1_000, 1),
        one_item(Curve::Objects, 10_000, 1),
        one_item(Curve::Defaults, 30, 1),
        task(Curve::Items, Load::of(300, 1), 1),
        task(Curve::Items, Load::of(60, 10), 1),
        task(Curve::Items, Load::of(12, 100), 1),
        values(300, 1024),
        values(100, 64 * 1024),
        values(30, 900 * 1024),
        one_item(Curve::OldestKey, 300, 1),
        all_keys(300, 1),
        old_keys(1, 1),
        one_item(Curve::OldestKey, 100, 10),
        all_keys(100, 10),
        old_keys(31, 1),
        old_keys(31, 3),
        one_item(Curve::OldestKey, 40, 100),
        all_keys(40, 100),
    ];
    if full {
        // Upstream's takes minutes for each of the others.
        let is_quick = |task: &Task| task.load.objects <= 1_000 && task.curve != Curve::OldKeys;
        for task in tasks.iter_mut().filter(|task| is_quick(task)) {
            task.rounds = 3;
        }
    }
    tasks
}

impl Task {
    pub(super) fn seal(&self, namespace: &str, keys: &[Key]) -> Result<Vec<Sealed>> {
        let sealing: Vec<_> = (0..self.sealed_with)
            .filter_map(|index| keys.get(index * keys.len() / self.sealed_with).cloned())
            .collect();
        tokio::task::block_in_place(|| load::sealed(self.load, 0, namespace, &sealing))
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
        let control_plane = Processes::of(site.lab, None).await?;
        control_plane.at_rest().await?;
        let requests_before = usage::requests(&site.client()).await?;
        let before = control_plane.cpu();
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
            until_idle(&pod).await?;
            tokio::time::sleep(REST).await;
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
            sealed_with: self.sealed_with,
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
        tokio::time::sleep(REST).await;
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
    let Run { curve, side, objects, items, keys, sealed_with, value_bytes, seconds, .. } = run;
    let side = match side {
        Side::Upstream => "upstream's",
        Side::Ours => "ours",
    };
    let rate = as_f64(*objects) / seconds;
    format!(
        "{curve:?}: {objects} SealedSecrets, {items} items, {sealed_with} of {keys} keys, {value_bytes} bytes, {side}: {seconds:.2} s, {rate:.1}/s"
    )
}
