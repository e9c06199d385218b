//! Stopping and starting again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use api::ConditionStatus;
use kube::ResourceExt as _;
use serde_json::json;
use tests::cluster::unopenable::{Keys, hopeless};
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::stage::{Stage, stop};

pub(crate) async fn a_restart_writes_nothing(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            for name in ["good", "bad"] {
                let secret = Person::secret(namespace, name, &json!({ "v": "1" }));
                let mut sealed = person.seal(&secret, &[]).await?;
                if name == "bad" {
                    sealed["spec"]["encryptedData"]["v"] = json!("%%%");
                }
                person.apply(&sealed).await?;
            }
            person.sees_synced(namespace, "good", ConditionStatus::True).await?;
            person.sees_synced(namespace, "bad", ConditionStatus::False).await?;
            let state = async || {
                anyhow::Ok((
                    person.get_sealed(namespace, "good").await?.resource_version(),
                    person.get_sealed(namespace, "bad").await?.resource_version(),
                    person.get_secret(namespace, "good").await?.resource_version(),
                    person.events(namespace, "good").await?.len()
                        + person.events(namespace, "bad").await?.len(),
                ))
            };
            person.sees_event(namespace, "good", "Unsealed").await?;
            person.sees_event(namespace, "bad", "ErrUnsealFailed").await?;
            let before = state().await?;
            stop(pod).await?;

            let pod = stage.start().await?;
            // A new object is unsealed after everything that was listed before it.
            person.seal_and_apply(&Person::secret(namespace, "new", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "new", ConditionStatus::True).await?;
            let after = state().await?;
            ensure!(before == after, "{before:?} became {after:?}");
            let logs = pod.logs()?;
            ensure!(!logs.contains(" name=good"), "it was unsealed again:\n{logs}");
            stop(pod).await
        })
        .await
}

pub(crate) async fn sigterm_ends_it_cleanly(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = stage.start().await?;
            let (log, start) = (pod.log_file().to_owned(), Instant::now());
            stop(pod).await?;
            ensure!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());
            let log = std::fs::read_to_string(log)?;
            ensure!(log.trim_end().ends_with("stopped"), "{log}");
            Ok(())
        })
        .await
}

/// SIGTERM in the middle of a burst: work that has begun is finished, status included.
pub(crate) async fn sigterm_finishes_what_is_in_hand(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            let secret = Person::secret(namespace, "any", &json!({ "v": "1" }));
            let mut sealed = person.seal(&secret, &["--scope", "namespace-wide"]).await?;
            stop(pod).await?;
            let names: Vec<String> = (0..150).map(|number| format!("s{number}")).collect();
            for name in &names {
                sealed["metadata"]["name"] = json!(name);
                person.apply(&sealed).await?;
            }
            let pod = stage.start().await?;
            eventually(Duration::from_secs(20), "some are unsealed", async || {
                person.get_secret(namespace, "s0").await.map(drop)
            })
            .await?;
            stop(pod).await?;
            let mut unsealed = 0;
            for name in &names {
                if person.get_secret(namespace, name).await.is_ok() {
                    unsealed += 1;
                    person.sees_synced(namespace, name, ConditionStatus::True).await?;
                }
            }
            ensure!(unsealed > 0, "nothing was unsealed");
            // The next controller does the rest.
            let pod = stage.start().await?;
            for name in &names {
                person.sees_synced(namespace, name, ConditionStatus::True).await?;
            }
            stop(pod).await
        })
        .await
}

/// SIGTERM while a minute of opening waits for a processor: waiting objects are not begun, and the Lease is released at
/// once.
pub(crate) async fn sigterm_leaves_what_has_not_begun(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let mut pod = stage.pod()?.flag("key-size", "4096").start(&stage.lab).await?;
            pod.wait_ready().await?;
            for number in 0..60 {
                stage.person.apply(&hopeless(namespace, &format!("h{number}"), Keys::Rsa4096)).await?;
            }
            let (log, start) = (pod.log_file().to_owned(), Instant::now());
            stop(pod).await?;
            let took = start.elapsed();
            let log = std::fs::read_to_string(log)?;
            ensure!(took < Duration::from_secs(5), "it took {took:?}:\n{log}");
            ensure!(log.contains("lease released") && log.trim_end().ends_with("stopped"), "{log}");
            Ok(())
        })
        .await
}

pub(crate) async fn what_changed_meanwhile_is_caught_up_with(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            for name in ["edited", "deleted", "resealed"] {
                person.seal_and_apply(&Person::secret(namespace, name, &json!({ "v": "1" })), &[]).await?;
                person.sees_values(namespace, name, &[("v", b"1")]).await?;
                person.sees_synced(namespace, name, ConditionStatus::True).await?;
            }
            let resealed =
                person.seal(&Person::secret(namespace, "resealed", &json!({ "v": "2" })), &[]).await?;
            stop(pod).await?;

            person.patch_secret(namespace, "edited", &json!({ "stringData": { "v": "x" } })).await?;
            person.delete_secret(namespace, "deleted").await?;
            person.apply(&resealed).await?;
            let pod = stage.start().await?;
            person.sees_values(namespace, "edited", &[("v", b"1")]).await?;
            person.sees_values(namespace, "deleted", &[("v", b"1")]).await?;
            person.sees_values(namespace, "resealed", &[("v", b"2")]).await?;
            stop(pod).await
        })
        .await
}

/// As in a cluster: the ServiceAccount's files, and no KUBECONFIG.
pub(crate) async fn it_runs_in_a_pod_without_a_kubeconfig(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let mut pod = stage.pod()?.in_cluster().start(&stage.lab).await?;
            pod.wait_ready().await?;
            stage.person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            stage.person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            stop(pod).await
        })
        .await
}
