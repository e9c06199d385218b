//! The flags about SealedSecrets and their Secrets.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use serde_json::json;
use tests::lab::Maker;
use tests::test::eventually::eventually;
use tests::user::person::Person;
use tokio::process::Command;

use crate::stage::Stage;

/// `--skip-recreate` and `--update-status=false`.
pub(crate) async fn a_deleted_secret_stays_away_and_no_status_is_written(stage: Arc<Stage>) -> Result<()> {
    stage
        .both(async |maker, namespace| {
            let person = &stage.person;
            let pod = stage.start(maker, &[("skip-recreate", "true"), ("update-status", "false")]).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            person.sees_event(namespace, "db", "Unsealed").await?;
            person.delete_secret(namespace, "db").await?;
            // Another object is unsealed meanwhile.
            person.seal_and_apply(&Person::secret(namespace, "later", &json!({ "v": "1" })), &[]).await?;
            person.sees_values(namespace, "later", &[("v", b"1")]).await?;
            person.sees_event(namespace, "later", "Unsealed").await?;
            ensure!(person.get_secret(namespace, "db").await.is_err(), "it was created again");
            for name in ["db", "later"] {
                let status = person.get_sealed(namespace, name).await?.status.unwrap_or_default();
                ensure!(status.conditions.is_empty(), "{status:?}");
            }
            // A change of the SealedSecret recreates the Secret.
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "2" })), &[]).await?;
            person.sees_values(namespace, "db", &[("v", b"2")]).await?;
            stage.stop(maker, pod).await
        })
        .await
}

/// `--old-gc-behavior`, while garbage collection is stopped: it would delete the Secrets too, and the test could not
/// see which did.
pub(crate) async fn the_controller_deletes_secrets_itself(stage: Arc<Stage>) -> Result<()> {
    stage
        .both(async |maker, namespace| {
            let person = &stage.person;
            let pod = stage.start(maker, &[("old-gc-behavior", "true")]).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let collector = stage.lab.control_plane.process_ids().await;
            let collector = collector.first().context("no controller-manager")?.to_string();
            signal("-STOP", &collector).await?;
            let deleted = async {
                person.delete_sealed(namespace, "db").await?;
                person.sees_no_secret(namespace, "db").await
            };
            let deleted = deleted.await;
            signal("-CONT", &collector).await?;
            deleted?;
            stage.stop(maker, pod).await
        })
        .await
}

async fn signal(name: &str, process: &str) -> Result<()> {
    let status = Command::new("kill").args([name, process]).status().await?;
    ensure!(status.success(), "kill {name} {process} failed");
    Ok(())
}

/// `--max-unseal-retries`: our controller accepts it, and keeps retrying.
pub(crate) async fn what_failed_too_often_is_given_up_by_upstreams_alone(stage: Arc<Stage>) -> Result<()> {
    stage
        .both(async |maker, namespace| {
            let person = &stage.person;
            let pod = stage.start(maker, &[("max-unseal-retries", "1")]).await?;
            person.apply(&Person::secret(namespace, "db", &json!({ "theirs": "x" }))).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            if maker == Maker::Upstream {
                eventually(Duration::from_secs(20), "it gives up", async || {
                    let (logs, about) = (pod.logs()?, format!("key={namespace}/db"));
                    let is_logged =
                        logs.lines().any(|line| line.contains("giving up") && line.contains(&about));
                    ensure!(is_logged, "{logs}");
                    Ok(())
                })
                .await?;
            }
            person.delete_secret(namespace, "db").await?;
            // Another object is unsealed meanwhile.
            person.seal_and_apply(&Person::secret(namespace, "later", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "later", ConditionStatus::True).await?;
            match maker {
                Maker::Ours => drop(person.sees_synced(namespace, "db", ConditionStatus::True).await?),
                Maker::Upstream => person.sees_no_secret(namespace, "db").await?,
            }
            stage.stop(maker, pod).await
        })
        .await
}
