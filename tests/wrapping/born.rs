//! Keys that are born wrapped.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::sealing_key::{ACTIVE, RENEW, WRAPPED, WRAPPED_TYPE};
use key_wrapping::AgeIdentity;
use kube::ResourceExt as _;
use tests::process::cli::Cli;
use tests::programs::program::Program;

use crate::controller::{serves, stop};
use crate::home::Home;
use crate::services::plugin::Plugin;
use crate::services::test_service::TestService;
use crate::traces::Traces;
use crate::values::Values;
use crate::wrapped_key::{open, open_by};

/// Starts without a key, renews, restarts, is killed; and etcd never holds the private key.
pub(crate) async fn a_key_is_born_wrapped_renewed_and_opened_after_a_crash<S: TestService>(
    home: Home,
) -> Result<()> {
    let (service, pod, first) = home.first_key::<S>().await?;
    ensure!(first.type_.as_deref() == Some(WRAPPED_TYPE) && first.immutable == Some(true), "{first:?}");
    ensure!(home.keys(ACTIVE).await?.is_empty(), "there is a key that upstream's controller sees");
    home.trip("one").await?;

    home.annotate(&first, RENEW).await?;
    let second = home.sees_keys(WRAPPED, 2).await?.remove(1);
    serves(&pod, &second).await?;
    home.trip("two").await?;

    stop(pod).await?;
    let pod = home.start(Values::of(&service)).await?;
    serves(&pod, &second).await?;
    home.unseals_again("one").await?;
    pod.kill().await?;
    let pod = home.start(Values::of(&service)).await?;
    serves(&pod, &second).await?;
    home.trip("three").await?;

    for key in [&first, &second] {
        let opened = open(key, &service).await?;
        ensure!(opened.slots.is_as_configured(), "{}", opened.slots);
        let traces = Traces::of(opened.pair.private())?;
        let files = traces.in_files(home.lab.control_plane.dir())?;
        ensure!(files.is_empty(), "the private key of {} is in {files:?}", key.name_any());
        ensure!(!traces.are_in(&all_secrets(&home).await?), "kubectl shows the private key");
        ensure!(!traces.are_in(pod.logs()?.as_bytes()), "the log shows the private key");
    }
    stop(pod).await
}

/// The search of the test above finds a key that is stored in plain.
pub(crate) async fn what_stores_a_key_in_plain_is_found_by_the_search(home: Home) -> Result<()> {
    let pod = home.start(Values::plain()).await?;
    let key = home.sees_keys(ACTIVE, 1).await?.remove(0);
    let pem = String::from_utf8(key.data.unwrap_or_default()["tls.key"].0.clone())?;
    let traces = Traces::of(&envelope::PrivateKey::from_pem(&pem)?)?;
    ensure!(!traces.in_files(home.lab.control_plane.dir())?.is_empty(), "not found in etcd's files");
    ensure!(traces.are_in(&all_secrets(&home).await?), "not found in kubectl's output");
    stop(pod).await
}

pub(crate) async fn replicas_serve_and_unseal_with_the_same_wrapped_key(home: Home) -> Result<()> {
    let service = home.service::<Plugin>().await?;
    let values = || Values::of(&service).set("replicaCount", "2");
    let one = home.start(values()).await?;
    let two = home.start(values()).await?;
    let key = home.sees_keys(WRAPPED, 1).await?.remove(0);
    serves(&one, &key).await?;
    serves(&two, &key).await?;
    home.trip("one").await?;
    one.kill().await?;
    home.trip("two").await?;
    ensure!(home.keys(WRAPPED).await?.len() == 1, "the second replica made a key");
    stop(two).await
}

/// With two services and an age recipient, each slot opens by itself.
pub(crate) async fn several_providers_each_open_a_key(home: Home) -> Result<()> {
    let (one, two) = (home.service::<Plugin>().await?, home.service::<Plugin>().await?);
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let providers = [one.provider(), two.provider(), recipient.clone()];
    let providers: Vec<&str> = providers.iter().map(String::as_str).collect();
    let pod = home.start(Values::wrap_with(&providers)).await?;
    let key = home.sees_keys(WRAPPED, 1).await?.remove(0);
    serves(&pod, &key).await?;
    home.trip("one").await?;
    stop(pod).await?;
    for service in [&one, &two] {
        open(&key, service).await?;
    }
    open_by(&key, Arc::new(AgeIdentity::new(identity))).await?;
    // The first service is away for good.
    one.stop().await?;
    let pod = home.start(Values::wrap_with(&providers)).await?;
    serves(&pod, &key).await?;
    home.trip("two").await?;
    stop(pod).await
}

/// What a user sees who may read every Secret.
async fn all_secrets(home: &Home) -> Result<Vec<u8>> {
    let kubectl = Cli::new(home.lab.programs.path(Program::Kubectl)?);
    let kubectl = kubectl.kubeconfig(&home.lab.control_plane.kubeconfig());
    kubectl.output(&["get", "secret", "-A", "-o", "yaml"], b"").await
}
