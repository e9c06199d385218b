//! The audit at the end of every test: the objects in the cluster, compared with the expected ones. It waits until they
//! are equal, and checks again that they stay so.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, ObservedSealedSecret};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use envelope::Certificate;
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::ResourceExt;
use kube::api::{Api, ListParams};
use tests::test::eventually::eventually;

use crate::scene::witness::keeps_contract;
use crate::stage::{CANARY, Scene};

/// Longer than any delay in these tests: watches and reconciliations back off for up to half a minute.
const SETTLED: Duration = Duration::from_mins(2);

/// The expected Secrets: the value of each SealedSecret, by name. No others may exist.
pub(crate) type ExpectedValues = BTreeMap<String, String>;

/// Resource versions of SealedSecrets and their Secrets, by name.
type Versions = BTreeMap<String, [Option<String>; 2]>;

/// Waits until everything in the scene's namespace is right, and checks that it stays so.
pub(crate) async fn right(scene: &Scene, expected: &ExpectedValues) -> Result<()> {
    right_in(scene, &scene.namespace, expected).await
}

/// Waits until everything in the scene's namespace is right, without a second check: for one round of many.
pub(crate) async fn comes_right(scene: &Scene, expected: &ExpectedValues) -> Result<()> {
    comes_right_in(scene, &scene.namespace, expected).await.map(drop)
}

/// Waits until everything in another namespace is right, and checks that it stays so.
pub(crate) async fn right_in(scene: &Scene, namespace: &str, expected: &ExpectedValues) -> Result<()> {
    let look = async || look(scene, namespace, expected).await;
    // Late work of the garbage collector or of a retry may still come; after that, nothing may be written.
    let mut before = comes_right_in(scene, namespace, expected).await?;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let now = look().await?;
        if now == before {
            return Ok(());
        }
        before = now;
    }
    anyhow::bail!("it was right, and yet it was written to for 10 seconds")
}

async fn comes_right_in(scene: &Scene, namespace: &str, expected: &ExpectedValues) -> Result<Versions> {
    let look = async || look(scene, namespace, expected).await;
    eventually(SETTLED, "every SealedSecret is unsealed right", look).await
}

/// The versions of everything in a namespace, if it is right.
async fn look(scene: &Scene, namespace: &str, expected: &ExpectedValues) -> Result<Versions> {
    let sealed: Api<ObservedSealedSecret> = Api::namespaced(scene.client(), namespace);
    let sealed = sealed.list(&ListParams::default()).await?.items;
    let secrets: Api<Secret> = Api::namespaced(scene.client(), namespace);
    let secrets = secrets.list(&ListParams::default()).await?.items;
    let names = |names: Vec<String>| names.into_iter().collect::<std::collections::BTreeSet<_>>();
    let wanted = names(expected.keys().cloned().collect());
    let there = names(sealed.iter().map(ResourceExt::name_any).collect());
    ensure!(there == wanted, "the SealedSecrets are {there:?} and not {wanted:?}");
    let there = names(secrets.iter().map(ResourceExt::name_any).collect());
    ensure!(there == wanted, "the Secrets are {there:?} and not {wanted:?}");
    let secrets: BTreeMap<String, Secret> =
        secrets.into_iter().map(|secret| (secret.name_any(), secret)).collect();
    let mut versions = BTreeMap::new();
    for object in &sealed {
        let name = object.name_any();
        let secret = secrets.get(&name).context("no Secret")?;
        is_right(object, secret, &expected[&name]).with_context(|| format!("{name} is wrong"))?;
        versions.insert(name, [object.resource_version(), secret.resource_version()]);
    }
    Ok(versions)
}

fn is_right(object: &ObservedSealedSecret, secret: &Secret, value: &str) -> Result<()> {
    let data = secret.data.clone().unwrap_or_default();
    let keys: Vec<&String> = data.keys().collect();
    ensure!(keys == ["v"], "the Secret has the keys {keys:?}");
    ensure!(data["v"].0 == value.as_bytes(), "the Secret has another value");
    let [owner] = secret.owner_references() else { anyhow::bail!("{:?}", secret.owner_references()) };
    ensure!(
        owner.controller == Some(true) && Some(&owner.uid) == object.metadata.uid.as_ref(),
        "another owner: {owner:?}"
    );
    keeps_contract(object)?;
    let status = object.status.clone().unwrap_or_default();
    ensure!(status.observed_generation == object.metadata.generation, "the status is of an older generation");
    let synced = status.condition(Condition::SYNCED).context("no condition Synced")?;
    ensure!(synced.status == ConditionStatus::True, "Synced is {:?}: {:?}", synced.status, synced.message);
    let target = status.target.context("the status names no Secret")?;
    ensure!(Some(target.resource_version) == secret.resource_version(), "the status names an older Secret");
    Ok(())
}

/// No SealedSecret in the scene's namespace has more events than this.
pub(crate) async fn no_flood_of_events(scene: &Scene, at_most: usize) -> Result<()> {
    let mut counts = BTreeMap::<String, usize>::new();
    for event in events(scene).await? {
        *counts.entry(event.involved_object.name.unwrap_or_default()).or_default() += 1;
    }
    let flooded: Vec<_> = counts.into_iter().filter(|(_, count)| *count > at_most).collect();
    ensure!(flooded.is_empty(), "more than {at_most} events: {flooded:?}");
    Ok(())
}

/// The events in the scene's namespace.
pub(crate) async fn events(scene: &Scene) -> Result<Vec<Event>> {
    let events: Api<Event> = Api::namespaced(scene.client(), &scene.namespace);
    Ok(events.list(&ListParams::default()).await?.items)
}

/// The start of each key's certificate, in seconds and in order.
pub(crate) async fn births(scene: &Scene) -> Result<Vec<i64>> {
    let mut births = Vec::new();
    for key in scene.keys().await? {
        let data = key.data.unwrap_or_default();
        let pem = String::from_utf8(data.get("tls.crt").context("a key without tls.crt")?.0.clone())?;
        births.push(Certificate::from_pem(&pem)?.not_before().as_second());
    }
    births.sort_unstable();
    Ok(births)
}

/// There are `count` keys, and no two of one date.
pub(crate) async fn one_key_for_each_date(scene: &Scene, count: usize) -> Result<()> {
    let births = births(scene).await?;
    ensure!(births.len() == count, "there are to be {count} keys, and these dates have one: {births:?}");
    ensure!(births.windows(2).all(|pair| pair[0] < pair[1]), "two keys for one date: {births:?}");
    Ok(())
}

/// No log of this lab's controllers shows a value, or a private key.
pub(crate) fn unseen(scene: &Scene) -> Result<()> {
    let logs = scene.lab.control_plane.dir().join("pods");
    for log in std::fs::read_dir(&logs).into_iter().flatten().flatten() {
        match shows_nothing(&log.path()) {
            // Another test has just removed this log, after its own check.
            Err(error) if error.downcast_ref().is_some_and(is_not_found) => {}
            other => other?,
        }
    }
    Ok(())
}

fn is_not_found(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::NotFound
}

/// The log shows no value, no private key, and no panic.
pub(crate) fn shows_nothing(log: &Path) -> Result<()> {
    let text = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
    // The base64 of a prefix is a prefix of the base64, except for the last characters.
    let encoded = [CANARY, "-----BEGIN RSA PRIVATE KEY"].map(|text| BASE64_STANDARD.encode(text));
    for canary in [CANARY, "PRIVATE KEY", &encoded[0][..16], &encoded[1][..16], "panicked at"] {
        ensure!(!text.contains(canary), "{} shows {canary}", log.display());
    }
    Ok(())
}
