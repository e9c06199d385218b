//! The part `limit`: what a SealedSecret must cost, each part measured alone in the same run, and what it costs our controller.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use api::SealedSecret;
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::Secret;
use kube::Resource as _;
use tokio::task::JoinSet;

use super::backlog::task;
use super::load::{self, Load, Sealed};
use super::private_key::on_all_cores;
use super::samples::Samples;
use super::site::{Created, Site};
use super::usage::Processes;
use super::watch::Watch;
use crate::bench::machine::cores;
use crate::bench::numbers::limit::{Backlog, Cost, Counted, Limit, Parts, Round};
use crate::bench::numbers::{Curve, Side};
use crate::bench::shown::rate;
use crate::bench::statistics::{as_f64, median};
use crate::paint;

/// Requests of each kind, and how many are under way at once.
const REQUESTS: usize = 1_000;
const AT_ONCE: usize = 16;
/// On each core.
const OPERATIONS: usize = 200;
/// The control plane is at rest when it uses less than this share of a core for this time.
const REST: f64 = 0.1;
const RESTS_FOR: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(2);

/// Measures the parts before and after each of several backlogs.
///
/// Decided: before and after, and several times, because the speed of a virtual machine changes within minutes by as much as what is measured
/// here.
pub(in crate::bench) async fn measure(site: &mut Site<'_>, full: bool) -> Result<Limit> {
    let (rounds, objects) = if full { (5, 10_000) } else { (3, 3_000) };
    let samples = Samples::take(site).await?;
    let mut before = parts(site, &samples).await?;
    let mut limit = Limit { cores: cores(), rounds: Vec::new() };
    for _ in 0..rounds {
        let backlog = backlog(site, objects).await?;
        let after = parts(site, &samples).await?;
        let round = Round { before, backlog, after };
        println!("{}", paint::dim(&reached(&limit, &round)));
        limit.rounds.push(round);
        before = after;
    }
    Ok(limit)
}

/// `240/s of 300/s`
fn reached(limit: &Limit, round: &Round) -> String {
    let (measured, most) = (round.backlog.rate(), limit.rate(round.parts(), Counted::Server));
    format!("{} of {}", rate(measured), rate(most))
}

/// Each alone.
async fn parts(site: &mut Site<'_>, samples: &Samples) -> Result<Parts> {
    let (secret, status, event) = costs(site, samples).await?;
    let watches = watches(site).await?;
    let (watched_secret, watched_status, _) = costs(site, samples).await?;
    drop(watches);
    let key = site.keys().first().context("there is no key")?;
    let times = tokio::task::block_in_place(|| on_all_cores(key, OPERATIONS))?;
    let times: Vec<_> = times.iter().map(Duration::as_secs_f64).collect();
    let private_key = median(&times).context("nothing was measured")?;
    Ok(Parts { private_key, secret, status, event, watched_secret, watched_status })
}

/// Of a Secret, a status and an event.
async fn costs(site: &mut Site<'_>, samples: &Samples) -> Result<(Cost, Cost, Cost)> {
    let namespace = site.namespace().await?;
    let load = Load::of(REQUESTS, 1);
    let sealed = tokio::task::block_in_place(|| load::sealed(load, 0, &namespace, site.keys()))?;
    let created = site.create(&namespace, &sealed).await?;
    let objects: Vec<_> = sealed.iter().zip(&created).collect();
    let client = site.controllers_client().await?;
    let at = |object: &Sealed| (namespace.clone(), object.name.clone());
    let secret = cost(site, &objects, async |object, created| {
        let (namespace, name) = at(object);
        samples.create_secret(&client, (&namespace, &name), created).await
    })
    .await?;
    let status = cost(site, &objects, async |object, created| {
        let (namespace, name) = at(object);
        samples.write_status(&client, (&namespace, &name), created).await
    })
    .await?;
    let event = cost(site, &objects, async |object, created| {
        let (namespace, name) = at(object);
        samples.create_event(&client, (&namespace, &name), created).await
    })
    .await?;
    site.clear(&namespace).await?;
    Ok((secret, status, event))
}

/// Watches as our controller's, and the benchmark's own of a backlog; open until this is dropped.
async fn watches(site: &Site<'_>) -> Result<JoinSet<()>> {
    let client = site.client();
    let all = [
        Watch::open_whole(&client, &SealedSecret::url_path(&(), None)).await?,
        Watch::open(&client, &Secret::url_path(&(), None)).await?,
        site.watch_sealed(None).await?,
    ];
    let mut reading = JoinSet::new();
    for mut watch in all {
        reading.spawn(async move { while watch.next().await.is_ok() {} });
    }
    Ok(reading)
}

/// CPU time of one request, from that of all.
async fn cost(
    site: &Site<'_>,
    objects: &[(&Sealed, &Created)],
    request: impl AsyncFn(&Sealed, &Created) -> Result<()>,
) -> Result<Cost> {
    let processes = Processes::of(site.lab, None).await?;
    until_at_rest(processes).await?;
    let before = processes.cpu();
    futures::stream::iter(objects)
        .map(|(object, created)| request(object, created))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    let spent = processes.cpu().since(before);
    let each = |seconds: f64| seconds / as_f64(objects.len());
    Ok(Cost { api_server: each(spent.api_server), etcd: each(spent.etcd), client: each(spent.bench) })
}

/// Waits until the control plane has done what it does after many objects were deleted.
async fn until_at_rest(processes: Processes) -> Result<()> {
    let start = Instant::now();
    loop {
        let before = processes.cpu();
        tokio::time::sleep(RESTS_FOR).await;
        let spent = processes.cpu().since(before);
        let busy = spent.api_server + spent.etcd + spent.controller_manager;
        if busy <= REST * RESTS_FOR.as_secs_f64() {
            return Ok(());
        }
        ensure!(start.elapsed() < LONGEST_WAIT, "the control plane is never at rest");
    }
}

async fn backlog(site: &mut Site<'_>, objects: usize) -> Result<Backlog> {
    let task = task(Curve::Objects, Load::of(objects, 1), 1);
    let namespace = site.namespace().await?;
    let sealed = task.seal(&namespace, site.keys())?;
    let run = task.run(site, Side::Ours, &namespace, &sealed).await?;
    site.clear(&namespace).await?;
    Ok(Backlog { objects, seconds: run.seconds, cpu_seconds: run.cpu_seconds, requests: run.requests })
}
