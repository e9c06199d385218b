//! [`unseal_without_controller`]: the parts of the limit at the same time, for each of many SealedSecrets.
//!
//! What they cost more together than alone, they take from each other on the same cores, and not from a controller.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use api::SealedSecret;
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::Secret;
use kube::Resource as _;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};

use super::load::{self, Load};
use super::private_key::PrivateKeyOperation;
use super::samples::{AT_ONCE, Samples};
use super::site::Site;
use super::usage::{self, Processes};
use super::watch::Watch;
use crate::bench::machine::cores;
use crate::bench::numbers::limit::Backlog;
use crate::bench::statistics::seconds;

/// For each SealedSecret: a private-key operation, then the Secret, then its status and its event.
pub(super) async fn unseal_without_controller(
    site: &mut Site<'_>,
    samples: &Samples,
    objects: usize,
) -> Result<Backlog> {
    let namespace = site.namespace().await?;
    let load = Load::of(objects, 1);
    let sealed = tokio::task::block_in_place(|| load::sealed(load, 0, &namespace, site.keys()))?;
    let created = site.create(&namespace, &sealed).await?;
    let operation = PrivateKeyOperation::with(site.keys().first().context("there is no key")?)?;
    let (operation, threads) = (Arc::new(operation), Semaphore::new(cores()));
    let client = site.controllers_client().await?;
    let mut watches = watches(site).await?;
    let processes = Processes::of(site.lab, None).await?;
    processes.at_rest().await?;
    let requests_before = usage::requests(&site.client()).await?;
    let (before, start) = (processes.cpu(), Instant::now());
    futures::stream::iter(sealed.iter().zip(&created))
        .map(async |(object, created)| {
            let thread = threads.acquire().await?;
            let operation = Arc::clone(&operation);
            spawn_blocking(move || operation.run()).await??;
            drop(thread);
            let at = (namespace.as_str(), object.name.as_str());
            samples.create_secret(&client, at, created).await?;
            let status = samples.write_status(&client, at, created);
            tokio::try_join!(status, samples.create_event(&client, at, created))?;
            anyhow::Ok(())
        })
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    let (seconds, cpu_seconds) = (seconds(start.elapsed()), processes.cpu().since(before));
    let requests = usage::requests_since(usage::requests(&site.client()).await?, &requests_before);
    ensure!(watches.try_join_next().is_none(), "the API server ended a watch");
    drop(watches);
    site.clear(&namespace).await?;
    Ok(Backlog { objects, seconds, cpu_seconds, requests })
}

/// The two large watches of our controller, and the benchmark's own of waiting SealedSecrets; open until this is dropped.
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
