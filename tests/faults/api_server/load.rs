//! More work than the API server takes, or than the controller itself may ask for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use api::ObservedSecret;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kube::api::{Api, ListParams};
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;

use crate::scene::audit::{ExpectedValues, events, right, right_in};
use crate::stage::{Scene, Sealed, Stage, started, stop};

/// Number of objects that are updated while the API server refuses a tenth of all requests; `FAULTS_UPDATED` sets another.
fn objects_to_update() -> Result<usize> {
    std::env::var("FAULTS_UPDATED")
        .map_or(Ok(500), |number| number.parse().context("FAULTS_UPDATED is no number"))
}

/// Two namespaces whose requests wait for the controller's own limit for longer than its term lasts without being renewed.
pub(crate) async fn its_own_rate_limit_is_no_failure_of_the_api_server(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: usize = 20;
    stage
        .play(async |scene| {
            with_temp_ns(&scene.lab, async |other| {
                let namespaces = format!("{},{other}", scene.namespace);
                let flags = [
                    ("additional-namespaces", namespaces.as_str()),
                    ("kubeclient-qps", "4"),
                    ("kubeclient-burst", "4"),
                    ("leader-elect", "true"),
                    ("leader-elect-lease-duration", "6s"),
                    ("leader-elect-renew-deadline", "4s"),
                    ("leader-elect-retry-period", "1s"),
                ];
                let pod = flags.iter().fold(scene.pod()?, |pod, (name, value)| pod.flag(name, value));
                let pod = started(pod, &scene.lab).await?;
                let sealed = scene.seal_for_any_place(&pod).await?;
                let mut wanted = ExpectedValues::new();
                for number in 0..OBJECTS {
                    let name = format!("s{number}");
                    for namespace in [&scene.namespace, other] {
                        scene.apply_in(namespace, &name, &sealed).await?;
                    }
                    wanted.insert(name, sealed.value.clone());
                }
                right(scene, &wanted).await?;
                right_in(scene, other, &wanted).await?;
                let warnings =
                    events(scene).await?.into_iter().filter(|event| event.type_.as_deref() != Some("Normal"));
                let warnings: Vec<_> = warnings.filter_map(|event| event.message).collect();
                ensure!(warnings.is_empty(), "{warnings:?}");
                let log = pod.logs()?;
                ensure!(!log.contains("will retry"), "{log}");
                stop(pod).await
            })
            .await
        })
        .await
}

/// Every object is updated, twice: without faults, and while the API server refuses a tenth of all requests.
pub(crate) async fn each_refusal_costs_one_request(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 3).await?;
            update_all(scene, &proxy, &sealed[0]).await?;
            let undisturbed = update_all(scene, &proxy, &sealed[1]).await?;
            let busy = Fault::Refuse(429, "TooManyRequests", Some(1));
            // None of them twice: one that is refused as often as it is sent would be reported, as it should be.
            proxy.set([Rule::always(busy).per_cent(10).once_each()]);
            let disturbed = update_all(scene, &proxy, &sealed[2]).await?;
            let refusals = proxy.hits();
            proxy.heal();
            let more = disturbed.saturating_sub(undisturbed);
            let figures = format!("{more} requests more than {undisturbed}, for {refusals} refusals");
            ensure!(refusals >= objects_to_update()? as u64 / 5, "{figures}");
            ensure!(2 * more <= 3 * refusals, "{figures}");
            let log = pod.logs()?;
            ensure!(!log.contains("Error updating"), "{log}");
            stop(pod).await
        })
        .await
}

/// The API server refuses everything for a while, and says each time after how long to ask again.
pub(crate) async fn it_asks_again_at_the_pace_that_refusals_name(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: usize = 100;
    const REFUSED_FOR: Duration = Duration::from_secs(6);
    const RETRY_AFTER: u64 = 2;
    // SealedSecrets of one namespace that are reconciled at the same time, a few events, and the API server's clock.
    const AT_ONCE: u64 = 32 + 4 + 1;
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            let busy = Fault::Refuse(503, "ServiceUnavailable", Some(RETRY_AFTER));
            let start = Instant::now();
            proxy.set([Rule::always(busy)]);
            let names: Vec<String> = (0..OBJECTS).map(|number| format!("s{number}")).collect();
            for name in &names {
                scene.apply(name, &sealed[0]).await?;
            }
            tokio::time::sleep(REFUSED_FOR).await;
            let refusals = proxy.hits();
            proxy.heal();
            // A request after each delay; and at the end of all its delays another one at once, which is for the status.
            let refused_for = start.elapsed().as_secs();
            let most = AT_ONCE * (2 + refused_for / RETRY_AFTER + refused_for / (3 * RETRY_AFTER));
            ensure!(
                (32..=most).contains(&refusals),
                "{refusals} refusals in {refused_for} s, and not {most} at most"
            );
            let wanted = names.into_iter().map(|name| (name, sealed[0].value.clone())).collect();
            right(scene, &wanted).await?;
            stop(pod).await
        })
        .await
}

/// Two namespaces have so many SealedSecrets in hand together, and no more.
pub(crate) async fn watches_share_one_bound(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: usize = 24;
    const BOUND: u64 = 32;
    const HANGS: Duration = Duration::from_secs(25);
    stage
        .play(async |scene| {
            with_temp_ns(&scene.lab, async |other| {
                let (proxy, pod, sealed) = watching_both(scene, other).await?;
                proxy.set([Rule::on("create", "secrets", Fault::Late(HANGS))]);
                let mut wanted = ExpectedValues::new();
                for number in 0..OBJECTS {
                    let name = format!("s{number}");
                    for namespace in [&scene.namespace, other] {
                        scene.apply_in(namespace, &name, &sealed).await?;
                    }
                    wanted.insert(name, sealed.value.clone());
                }
                eventually(HANGS / 2, "as many as may be are in hand", async || {
                    ensure!(proxy.hits() >= BOUND, "{}", proxy.hits());
                    Ok(())
                })
                .await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
                ensure!(proxy.hits() == BOUND, "{} are in hand", proxy.hits());
                proxy.heal();
                right(scene, &wanted).await?;
                right_in(scene, other, &wanted).await?;
                stop(pod).await
            })
            .await
        })
        .await
}

/// Such as behind a webhook that does not answer: each write of one namespace hangs, in every place that it may take.
pub(crate) async fn writes_that_hang_hold_up_their_own_namespace_only(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: usize = 60;
    const BOUND: u64 = 32;
    const HANGS: Duration = Duration::from_secs(25);
    stage
        .play(async |scene| {
            with_temp_ns(&scene.lab, async |other| {
                let (proxy, pod, sealed) = watching_both(scene, other).await?;
                proxy.set([Rule::on("create", "secrets", Fault::Late(HANGS)).times(BOUND)]);
                let wanted = apply_all(scene, OBJECTS, &sealed).await?;
                eventually(HANGS / 2, "as many as may be hang", async || {
                    ensure!(proxy.hits() == BOUND, "{}", proxy.hits());
                    Ok(())
                })
                .await?;
                scene.apply_in(other, "db", &sealed).await?;
                scene.person.sees_values(other, "db", &[("v", sealed.value.as_bytes())]).await?;
                let secrets: Api<ObservedSecret> = Api::namespaced(scene.client(), &scene.namespace);
                let written = secrets.list(&ListParams::default()).await?.items.len();
                ensure!(written == 0, "{written} Secrets of the other namespace were written before");
                proxy.heal();
                right(scene, &wanted).await?;
                stop(pod).await
            })
            .await
        })
        .await
}

/// A controller behind a proxy that watches the scene's namespace and another, and a value that opens in both.
async fn watching_both(scene: &Scene, other: &str) -> Result<(FaultProxy, Pod, Sealed)> {
    let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
    let namespaces = format!("{},{other}", scene.namespace);
    let pod = scene.pod()?.through(&proxy.url()).flag("additional-namespaces", &namespaces);
    let pod = started(pod, &scene.lab).await?;
    let sealed = scene.seal_for_any_place(&pod).await?;
    Ok((proxy, pod, sealed))
}

/// Applies so many objects with this value. Returns what is expected of them.
async fn apply_all(scene: &Scene, count: usize, sealed: &Sealed) -> Result<ExpectedValues> {
    let names: Vec<String> = (0..count).map(|number| format!("s{number}")).collect();
    let applying = names.iter().map(|name| scene.apply(name, sealed));
    stream::iter(applying).buffer_unordered(8).try_collect::<()>().await?;
    Ok(names.into_iter().map(|name| (name, sealed.value.clone())).collect())
}

/// Gives every object this value, and waits until all are unsealed and the last event is sent. Returns the number of requests.
async fn update_all(scene: &Scene, proxy: &FaultProxy, sealed: &Sealed) -> Result<u64> {
    let before = proxy.requests();
    let wanted = apply_all(scene, objects_to_update()?, sealed).await?;
    right(scene, &wanted).await?;
    loop {
        let sent = proxy.requests();
        // Longer than an event waits after a refusal.
        tokio::time::sleep(Duration::from_secs(4)).await;
        if proxy.requests() == sent {
            return Ok(sent - before);
        }
    }
}
