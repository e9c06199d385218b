//! Other clients edit or delete a Secret that a SealedSecret controls.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use k8s_openapi::api::core::v1::Secret;
use serde_json::json;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::stage::{Stage, VALUE};

pub(crate) async fn a_deleted_secret_comes_back(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            let made = person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            person.delete_secret(namespace, "db").await?;
            let again = person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            ensure!(made.metadata.uid != again.metadata.uid, "it was never gone");
            Ok(())
        })
        .await
}

pub(crate) async fn an_edited_secret_is_put_right(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut secret = Person::secret(namespace, "db", &json!({ "v": VALUE }));
            secret["metadata"]["labels"] = json!({ "app": "shop" });
            person.seal_and_apply(&secret, &[]).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            for edit in [
                json!({ "stringData": { "v": "another" } }),
                json!({ "stringData": { "added": "x" } }),
                json!({ "data": null }),
                json!({ "metadata": { "labels": { "app": null } } }),
            ] {
                person.patch_secret(namespace, "db", &edit).await?;
                let secret = eventually(Duration::from_secs(20), "the labels are right again", async || {
                    let secret = person.get_secret(namespace, "db").await?;
                    let labels = secret.metadata.labels.clone().unwrap_or_default();
                    ensure!(labels.len() == 1 && labels["app"] == "shop", "{labels:?}");
                    Ok(secret)
                })
                .await;
                ensure!(secret.is_ok(), "after {edit}");
                person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            }
            Ok(())
        })
        .await
}

pub(crate) async fn what_is_random_stays_when_something_beside_it_is_put_right(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut sealed =
                person.seal(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            sealed["spec"]["template"]["data"] =
                json!({ "token": "{{ randAlphaNum 40 }}", "at": "{{ now }}" });
            person.apply(&sealed).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let made = person.get_secret(namespace, "db").await?;
            let token = |secret: &Secret| {
                secret.data.iter().flatten().find(|(key, _)| *key == "token").map(|it| it.1.0.clone())
            };
            ensure!(token(&made).is_some_and(|token| token.len() == 40), "no token");

            person.patch_secret(namespace, "db", &json!({ "stringData": { "v": "edited" } })).await?;
            let right = rendered(person, namespace, |secret| {
                secret.metadata.resource_version != made.metadata.resource_version
            })
            .await?;
            ensure!(
                right.data.unwrap_or_default() == made.data.clone().unwrap_or_default(),
                "a value changed"
            );

            person.patch_secret(namespace, "db", &json!({ "data": { "token": null } })).await?;
            let anew = rendered(person, namespace, |secret| token(secret).is_some()).await?;
            ensure!(token(&anew) != token(&made), "it was never gone");
            // A random value of a template is no drift: the Secret is not written again.
            tokio::time::sleep(Duration::from_secs(3)).await;
            let later = person.get_secret(namespace, "db").await?;
            ensure!(later.metadata.resource_version == anew.metadata.resource_version, "written again");

            // A new spec is rendered anew, as upstream's controller does.
            sealed["spec"]["template"]["data"]["more"] = json!("x");
            person.apply(&sealed).await?;
            let next = rendered(person, namespace, |secret| {
                secret.data.as_ref().is_some_and(|data| data.contains_key("more"))
            })
            .await?;
            ensure!(token(&next) != token(&anew), "the token is the old one");
            Ok(())
        })
        .await
}

/// Waits until the Secret has the expected value and form.
async fn rendered(person: &Person, namespace: &str, is_right: impl Fn(&Secret) -> bool) -> Result<Secret> {
    eventually(Duration::from_secs(20), "the Secret is corrected", async || {
        let secret = person.get_secret(namespace, "db").await?;
        let value = secret.data.as_ref().and_then(|data| data.get("v")).map(|value| value.0.as_slice());
        ensure!(value == Some(VALUE.as_bytes()) && is_right(&secret), "not yet");
        Ok(secret)
    })
    .await
}

pub(crate) async fn what_others_add_to_a_secret_is_theirs(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut secret = Person::secret(namespace, "db", &json!({ "v": "1" }));
            secret["metadata"]["labels"] = json!({ "app": "shop" });
            person.seal_and_apply(&secret, &[]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let theirs = json!({ "metadata": { "labels": { "theirs": "x" }, "annotations": { "theirs": "x" } },
                                 "stringData": { "v": "edited" } });
            person.patch_secret(namespace, "db", &theirs).await?;
            // The value is corrected, and with it the whole Secret, because the controller writes Secrets whole.
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            let label = json!({ "metadata": { "labels": { "theirs": "y" } } });
            person.patch_secret(namespace, "db", &label).await?;
            // Another object is unsealed meanwhile.
            person.seal_and_apply(&Person::secret(namespace, "later", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "later", ConditionStatus::True).await?;
            let labels = person.get_secret(namespace, "db").await?.metadata.labels.unwrap_or_default();
            ensure!(labels.get("theirs").map(String::as_str) == Some("y"), "{labels:?}");
            Ok(())
        })
        .await
}

/// A client that changes the Secret back each time: the controller corrects it at first, and then a few times a minute.
pub(crate) async fn a_conflict_is_not_fought_at_full_speed(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let mut undone = 0;
            let end = std::time::Instant::now() + Duration::from_secs(8);
            while std::time::Instant::now() < end {
                let secret = person.get_secret(namespace, "db").await?;
                if secret.data.unwrap_or_default()["v"].0 == b"1" {
                    let edit = json!({ "stringData": { "v": "x" } });
                    person.patch_secret_as("rival", namespace, "db", &edit).await?;
                    undone += 1;
                }
            }
            ensure!((4..=10).contains(&undone), "it was corrected {undone} times in 8 seconds");
            let status = person.sees_synced(namespace, "db", ConditionStatus::Unknown).await?;
            let message = status.conditions[0].message.clone().unwrap_or_default();
            ensure!(message.contains("another client keeps changing"), "{message}");
            ensure!(message.contains("(field manager \"rival\")"), "{message}");
            // In the end the Secret is right.
            person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            Ok(())
        })
        .await
}
