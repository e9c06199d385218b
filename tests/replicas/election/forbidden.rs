//! A controller without permission for Leases, as under upstream's chart.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::rbac::v1::Role;
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, ResourceExt as _};
use rustix::process::Signal;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::replicas::{Replicas, get, leads, logs, remark, signal, stop};
use crate::stage::{DEFAULT, SHORT, Scene, Stage};

/// Deletes the permission; returns the Role, to restore it.
async fn forbid(scene: &Scene) -> Result<(Api<Role>, Role)> {
    let roles: Api<Role> = Api::namespaced(scene.lab.client(), &scene.home);
    let name = format!("{}-leader-election", scene.home);
    let mut role = roles.get(&name).await?;
    roles.delete(&name, &DeleteParams::default()).await?;
    role.metadata.resource_version = None;
    role.metadata.uid = None;
    Ok((roles, role))
}

/// The time of the first log line that contains `text`.
fn logged_at(log: &str, text: &str) -> Result<Timestamp> {
    let line =
        log.lines().find(|line| line.contains(text)).with_context(|| format!("no `{text}` in {log}"))?;
    let time = line.split_whitespace().find_map(|word| word.strip_prefix("time="));
    Ok(time.with_context(|| format!("no time in {line}"))?.parse()?)
}

/// The Deployment without the election flag. The Lease keeps its name: the chart's Role is about that one only.
fn without_election(scene: &Scene) -> Result<Deployment> {
    let mut deployment = scene.chart.deployment()?;
    let spec = deployment.spec.as_mut().and_then(|spec| spec.template.spec.as_mut());
    let environment = spec.and_then(|spec| spec.containers[0].env.as_mut()).context("no environment")?;
    environment.retain(|variable| variable.name != "SEALED_SECRETS_LEADER_ELECT");
    Ok(deployment)
}

/// Beside its keys, upstream's controller may list and create Secrets where its Roles are namespaced, and nothing else.
/// That is enough for ours to make a first key, and to renew it on request.
pub(crate) async fn with_upstreams_narrowest_rights_it_makes_keys(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let (roles, _) = forbid(scene).await?;
            for mut role in roles.list(&ListParams::default()).await?.items {
                for rule in role.rules.iter_mut().flatten() {
                    if rule.resources.iter().flatten().any(|resource| resource == "secrets") {
                        rule.verbs = vec!["create".into(), "list".into()];
                    }
                }
                let name = role.name_any();
                roles.replace(&name, &PostParams::default(), &role).await?;
            }
            let pod = without_election_flag(scene).await?;
            let made = |key: usize| logs(&pod, "New key written", key);
            made(1).await?;
            // The keys must be of different seconds.
            tokio::time::sleep(Duration::from_secs(2)).await;
            signal(&pod, Signal::USR1)?;
            logs(&pod, "requesting the renewal through the API failed", 1).await?;
            made(2).await?;
            ensure!(scene.keys().await?.len() == 2);
            stop(pod).await
        })
        .await
}

/// Without the election flag, as in a Deployment of upstream's chart.
pub(crate) async fn without_rights_it_leads_as_upstreams_does(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let (roles, role) = forbid(scene).await?;
            let mut pod = without_election_flag(scene).await?;
            logs(&pod, "the lease failed", 1).await?;
            ensure!(!leads(&pod).await?, "one refusal is no proof");
            // Some seconds, and then the first key. Upstream's controller does not listen before: a client waits.
            let http = http_client().timeout(Duration::from_secs(30)).build()?;
            let certificate = http.get(format!("{}/v1/cert.pem", pod.url())).send().await?;
            ensure!(certificate.status() == 200, "{certificate:?}");
            ensure!(leads(&pod).await?);
            pod.wait_ready().await?;
            let log = pod.logs()?;
            ensure!(log.matches("leading without an election").count() == 1, "{log}");
            scene.seal_and_apply("db", "1").await?;
            scene.sees("db", "1").await?;
            // Once the permission exists, there is an election.
            roles.create(&PostParams::default(), &role).await?;
            eventually(Duration::from_mins(3), "it has been elected", async || {
                let leases: Api<Lease> = Api::namespaced(scene.lab.client(), &scene.home);
                let all = leases.list(&ListParams::default()).await?.items;
                let held = all.iter().filter_map(|lease| lease.spec.as_ref()?.holder_identity.as_ref());
                ensure!(held.count() == 1 && leads(&pod).await?, "{all:?}");
                Ok(())
            })
            .await?;
            let log = pod.logs()?;
            ensure!(log.contains("the right to use Leases has come"), "{log}");
            scene.seal_and_apply("later", "2").await?;
            scene.sees("later", "2").await?;
            stop(pod).await
        })
        .await
}

/// As where upstream's chart stays and only the image is changed: the old key is served at once, and work begins a
/// little later than the five seconds that prove that the permission is missing.
pub(crate) async fn without_rights_it_serves_the_certificate_before_it_leads(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(DEFAULT, async |scene| {
            let mut first = scene.start().await?;
            first.wait_ready().await?;
            let (_, certificate) = get(&first, "/v1/cert.pem").await?;
            stop(first).await?;
            forbid(scene).await?;
            let mut pod = without_election_flag(scene).await?;
            logs(&pod, "the lease failed", 1).await?;
            ensure!(get(&pod, "/v1/cert.pem").await? == (200, certificate), "another certificate, or none");
            ensure!(!leads(&pod).await?, "it led already: {}", pod.logs()?);
            let mut replicas = Replicas(vec![pod]);
            replicas.followed(Instant::now()).await?;
            pod = replicas.take_leader().await?;
            pod.wait_ready().await?;
            let log = pod.logs()?;
            let took = logged_at(&log, "unsealing SealedSecrets")?
                .duration_since(logged_at(&log, "the lease failed")?);
            remark(&format!("without a right to Leases it led {took:.1?} after the first refusal"));
            // It checks each half second; when it checked every two seconds, it took 8.
            let right = SignedDuration::from_millis(4_900)..SignedDuration::from_millis(7_500);
            ensure!(right.contains(&took), "{took:?}");
            ensure!(scene.keys().await?.len() == 1, "another key was made");
            stop(pod).await
        })
        .await
}

/// A Role sometimes takes effect later than the Deployment: the controller must not lead without an election for ever.
pub(crate) async fn a_right_that_comes_a_moment_late_makes_no_lone_leader(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let (roles, role) = forbid(scene).await?;
            let mut pod = without_election_flag(scene).await?;
            logs(&pod, "the lease failed", 1).await?;
            roles.create(&PostParams::default(), &role).await?;
            pod.wait_ready().await?;
            let log = pod.logs()?;
            ensure!(leads(&pod).await? && !log.contains("leading without an election"), "{log}");
            stop(pod).await
        })
        .await
}

/// A controller without the election flag.
async fn without_election_flag(scene: &Scene) -> Result<Pod> {
    Pod::of(&without_election(scene)?).flag("key-size", "2048").start(&scene.lab).await
}

/// This project's chart sets the flag: a permission that comes late makes no second leader.
pub(crate) async fn with_the_election_flag_it_waits_for_the_permissions(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(SHORT, async |scene| {
            let (roles, role) = forbid(scene).await?;
            let pod = scene.start().await?;
            logs(&pod, "the lease failed", 1).await?;
            ensure!(!leads(&pod).await?);
            let (code, checks) = get(&pod, "/readyz").await?;
            ensure!(
                code == 503 && checks.contains("[-] SealedSecrets and Secrets listed"),
                "{code} {checks}"
            );
            roles.create(&PostParams::default(), &role).await?;
            let mut replicas = Replicas(vec![pod]);
            let mut pod = replicas.take_leader().await?;
            pod.wait_ready().await?;
            ensure!(scene.keys().await?.len() == 1);
            stop(pod).await
        })
        .await
}
