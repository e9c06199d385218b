//! The part `scale`: what a cluster with many SealedSecrets in many namespaces costs, at three sizes, from which a larger one is
//! extrapolated.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use api::SealedSecret;
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::Resource;

use super::backlog::until_idle;
use super::load::{self, Load};
use super::site::Site;
use super::usage::{self, Processes};
use super::watch::text_after;
use crate::bench::numbers::{Side, Size};
use crate::bench::statistics::seconds;
use crate::paint;

const NAMESPACES: [usize; 3] = [50, 100, 200];
/// In each namespace.
const LOAD: Load = Load::of(100, 1);
/// Objects in a page of a list: what client-go asks for.
const PAGE: usize = 500;

pub(in crate::bench) async fn measure(site: &mut Site<'_>) -> Result<Vec<Size>> {
    site.with_keys(1).await?;
    let mut namespaces = Vec::new();
    let mut sizes = Vec::new();
    for count in NAMESPACES {
        grow(site, &mut namespaces, count).await?;
        let size = restart(site, namespaces.len()).await?;
        println!("{}", paint::dim(&format!("{} SealedSecrets in {count} namespaces", size.objects)));
        sizes.push(size);
    }
    Ok(sizes)
}

/// Makes namespaces with SealedSecrets until there are `count`, and lets our controller unseal them.
async fn grow(site: &mut Site<'_>, namespaces: &mut Vec<String>, count: usize) -> Result<()> {
    let mut new = Vec::new();
    while namespaces.len() + new.len() < count {
        let namespace = site.namespace().await?;
        let sealed = tokio::task::block_in_place(|| load::sealed(LOAD, 0, &namespace, site.keys()))?;
        site.create(&namespace, &sealed).await?;
        new.push(namespace);
    }
    // Not before the creation: the API server ends a watch that nothing reads.
    let mut watch = site.watch_sealed(None).await?;
    let pod = site.start(Side::Ours, &[]).await?;
    watch.until_reported(new.len() * LOAD.objects).await?;
    until_idle(&pod).await?;
    pod.stop().await?;
    for namespace in &new {
        site.compare(namespace, LOAD).await?;
    }
    namespaces.append(&mut new);
    Ok(())
}

/// Starts our controller where all is unsealed, with one SealedSecret more.
async fn restart(site: &mut Site<'_>, namespaces: usize) -> Result<Size> {
    let client = site.client();
    let namespace = site.namespace().await?;
    let one = Load { objects: 1, ..LOAD };
    let sealed = tokio::task::block_in_place(|| load::sealed(one, 0, &namespace, site.keys()))?;
    let events = count(site, Event::url_path(&(), None)).await?;
    let mut watch = site.watch_sealed(Some(&namespace)).await?;
    let requests = usage::requests(&client).await?;
    let before = Processes::of(site.lab, None).await?.cpu();
    let pod = site.start(Side::Ours, &[]).await?;
    let start = Instant::now();
    site.create(&namespace, &sealed).await?;
    watch.until(&load::name(0), true).await?;
    let restart_seconds = seconds(start.elapsed());
    until_idle(&pod).await?;
    let processes = Processes::of(site.lab, pod.process_id()).await?;
    let restart_cpu_seconds = processes.cpu().since(before);
    let now = usage::requests(&client).await?;
    let memory = usage::memory(pod.process_id());
    pod.stop().await?;
    site.compare(&namespace, one).await?;
    let start = Instant::now();
    let sealed_secrets_bytes = list(site, SealedSecret::url_path(&(), None), "application/json").await?;
    let accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    let secrets_metadata_bytes = list(site, Secret::url_path(&(), None), accept).await?;
    let list_seconds = seconds(start.elapsed());
    let file = site.lab.control_plane.dir().join("etcd/member/snap/db");
    let file = fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?;
    site.clear(&namespace).await?;
    Ok(Size {
        objects: namespaces * LOAD.objects,
        namespaces,
        restart_seconds,
        restart_cpu_seconds,
        // Three are due to the new one: its own creation, its Secret and its status.
        restart_writes: usage::writes(&usage::requests_since(now, &requests)).saturating_sub(3),
        memory,
        api_server_kib: usage::kib(processes.api_server, "VmRSS:"),
        etcd_kib: usage::kib(processes.etcd, "VmRSS:"),
        etcd_file_bytes: file.len(),
        sealed_secrets_bytes,
        secrets_metadata_bytes,
        list_seconds,
        events,
    })
}

/// Reads a list page by page; returns its bytes.
async fn list(site: &Site<'_>, path: String, accept: &str) -> Result<usize> {
    let mut bytes = 0;
    let mut next = String::new();
    loop {
        let page = format!("{path}?limit={PAGE}&continue={next}");
        let request = http::Request::get(page).header("accept", accept).body(Vec::new())?;
        let page = site.client().request_text(request).await?;
        bytes += page.len();
        match text_after(&page, "\"continue\":\"") {
            Some(token) if !token.is_empty() => token.clone_into(&mut next),
            _ => return Ok(bytes),
        }
    }
}

/// The number of objects in a list.
async fn count(site: &Site<'_>, path: String) -> Result<usize> {
    let request = http::Request::get(format!("{path}?limit=1")).body(Vec::new())?;
    let page = site.client().request_text(request).await?;
    ensure!(page.contains("\"items\":["), "no list");
    let rest = page.split_once("\"remainingItemCount\":").and_then(|(_, rest)| {
        rest.split(|character: char| !character.is_ascii_digit()).next()?.parse::<usize>().ok()
    });
    Ok(rest.map_or(0, |rest| rest + 1))
}
