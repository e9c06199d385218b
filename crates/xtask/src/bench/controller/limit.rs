//! The part `limit`: what a SealedSecret must cost, each part measured alone in the same run; what the same parts cost at the same time,
//! without a controller; and what it costs our controller.

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, TryStreamExt as _};

use super::backlog::task;
use super::load::{self, Load, Sealed};
use super::private_key::cpu_on_all_cores;
use super::samples::{AT_ONCE, Samples};
use super::site::{Created, Site};
use super::together::unseal_without_controller;
use super::usage::Processes;
use crate::bench::machine::cores;
use crate::bench::numbers::limit::{Backlog, Cost, Limit, Parts, Round};
use crate::bench::numbers::{Curve, Side};
use crate::bench::shown::rate;
use crate::bench::statistics::as_f64;
use crate::paint;

const ROUNDS: usize = 3;

/// Measures in rounds, because the speed of a virtual machine changes within minutes; the program without a controller and our controller
/// in turn first.
///
/// Decided: each part as often as there are SealedSecrets. The API server collects its garbage once in some thousand requests, and
/// that takes as long as hundreds of them: fewer requests show none of it, or too much.
pub(in crate::bench) async fn measure(site: &mut Site<'_>, full: bool) -> Result<Limit> {
    let objects = if full { 10_000 } else { 3_000 };
    let samples = Samples::take(site).await?;
    let mut limit = Limit { cores: cores(), rounds: Vec::new() };
    for round in 0..ROUNDS {
        let parts = parts(site, &samples, objects).await?;
        let (together, backlog) = if round % 2 == 0 {
            let together = unseal_without_controller(site, &samples, objects).await?;
            (together, backlog(site, objects).await?)
        } else {
            let backlog = backlog(site, objects).await?;
            (unseal_without_controller(site, &samples, objects).await?, backlog)
        };
        let round = Round { parts, together, backlog };
        println!("{}", paint::dim(&line(&limit, &round)));
        limit.rounds.push(round);
    }
    Ok(limit)
}

/// `240/s; without a controller 260/s, the limit 300/s`
fn line(limit: &Limit, round: &Round) -> String {
    let of_parts = limit.rate_of(round.parts.total());
    format!(
        "{}; without a controller {}, the limit {}",
        rate(round.backlog.rate()),
        rate(round.together.rate()),
        rate(of_parts)
    )
}

/// Each alone.
async fn parts(site: &mut Site<'_>, samples: &Samples, requests: usize) -> Result<Parts> {
    let (secret, status, event) = costs(site, samples, requests).await?;
    let key = site.keys().first().context("there is no key")?;
    let private_key = tokio::task::block_in_place(|| cpu_on_all_cores(key, requests))?;
    Ok(Parts { private_key, secret, status, event })
}

/// Of a Secret, a status and an event.
async fn costs(site: &mut Site<'_>, samples: &Samples, requests: usize) -> Result<(Cost, Cost, Cost)> {
    let namespace = site.namespace().await?;
    let load = Load::of(requests, 1);
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

/// CPU time of one request, from that of all.
async fn cost(
    site: &Site<'_>,
    objects: &[(&Sealed, &Created)],
    request: impl AsyncFn(&Sealed, &Created) -> Result<()>,
) -> Result<Cost> {
    let processes = Processes::of(site.lab, None).await?;
    processes.at_rest().await?;
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

async fn backlog(site: &mut Site<'_>, objects: usize) -> Result<Backlog> {
    let task = task(Curve::Objects, Load::of(objects, 1), 1);
    let namespace = site.namespace().await?;
    let sealed = task.seal(&namespace, site.keys())?;
    let run = task.run(site, Side::Ours, &namespace, &sealed).await?;
    site.clear(&namespace).await?;
    Ok(Backlog { objects, seconds: run.seconds, cpu_seconds: run.cpu_seconds, requests: run.requests })
}
