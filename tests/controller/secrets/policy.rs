//! Secrets that a policy of the cluster refuses.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use api::{Condition, ConditionStatus, SealedSecretStatus};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use kube::ResourceExt as _;
use serde_json::json;
use tests::cluster::admission_policy::{AdmissionPolicy, Refused};
use tests::user::person::Person;

use crate::stage::{Stage, VALUE};

/// The status contract for a Secret that was refused and is tried again: Synced first and False, Ready False,
/// Reconciling True.
fn denied(status: &SealedSecretStatus) -> Result<String> {
    let words: Vec<String> = status
        .conditions
        .iter()
        .map(|condition| format!("{}={:?}", condition.type_, condition.status))
        .collect();
    ensure!(words == ["Synced=False", "Ready=False", "Reconciling=True"], "{words:?}");
    let synced = status.condition(Condition::SYNCED);
    ensure!(synced.is_some_and(|synced| synced.reason.as_deref() == Some("Denied")), "{synced:?}");
    Ok(synced.and_then(|synced| synced.message.clone()).unwrap_or_default())
}

/// Refuses each new Secret with an item `v`.
async fn refuse_v(
    stage: &Stage,
    namespace: &str,
    message: &str,
    reason: Option<&str>,
) -> Result<AdmissionPolicy> {
    let refused = Refused { key: "v", updates: false, message, reason };
    AdmissionPolicy::create(stage.lab.client(), namespace, refused).await
}

/// A policy may show the refused value in its message. More users can read a status than a Secret.
pub(crate) async fn a_policy_message_with_a_value_is_not_reported(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let quotes = "'too weak: ' + string(object.data['v'])";
            let _policy = refuse_v(&stage, namespace, quotes, None).await?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let message = denied(&status)?;
            ensure!(message.contains("denied request; why is not shown"), "{message}");
            let event = person.sees_event(namespace, "db", "ErrUpdateFailed").await?;
            let encoded = BASE64_STANDARD.encode(VALUE);
            let log = stage.pod.logs()?;
            for text in [&message, &event, &log] {
                ensure!(!text.contains(VALUE) && !text.contains(encoded.trim_end_matches('=')), "{text}");
            }
            Ok(())
        })
        .await
}

/// A policy's message that quotes a rendered value would reveal it to the author of the template, one character at a time.
/// Only the log has the message, once.
pub(crate) async fn what_a_policy_says_of_rendered_values_is_in_the_log_alone(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let message = "'it begins with ' + string(object.data['v']).substring(0, 1)";
            let policy = refuse_v(&stage, namespace, message, None).await?;
            let mut sealed =
                person.seal(&Person::secret(namespace, "db", &json!({ "p": VALUE })), &[]).await?;
            sealed["spec"]["template"]["data"] = json!({ "v": "{{ .p }}" });
            person.apply(&sealed).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::False).await?;
            let message = denied(&status)?;
            let event = person.sees_event(namespace, "db", "ErrUpdateFailed").await?;
            for text in [&message, &event] {
                ensure!(!text.contains("begins with") && text.contains("controller's log"), "{text}");
                ensure!(text.contains(policy.name()), "{text}");
            }
            // After some retries.
            tokio::time::sleep(Duration::from_secs(3)).await;
            let log = stage.pod.logs()?;
            // CEL sees the base64 of the value.
            let words = format!("with binding '{}' denied request: it begins with a", policy.name());
            ensure!(log.matches(&words).count() == 1, "{log}");

            policy.relent().await?;
            person.sees_values(namespace, "db", &[("p", VALUE.as_bytes()), ("v", VALUE.as_bytes())]).await?;
            Ok(())
        })
        .await
}

/// For each HTTP code that a policy may answer with. The SealedSecrets are not changed.
pub(crate) async fn what_a_policy_refused_is_unsealed_once_it_is_mended(stage: Arc<Stage>) -> Result<()> {
    for reason in [None, Some("Forbidden"), Some("RequestEntityTooLarge")] {
        stage
            .play(async |person, namespace| {
                let policy = refuse_v(&stage, namespace, "'ask the platform team'", reason).await?;
                let names: Vec<String> = (0..5).map(|number| format!("db{number}")).collect();
                for name in &names {
                    let secret = Person::secret(namespace, name, &json!({ "v": VALUE }));
                    person.seal_and_apply(&secret, &[]).await?;
                }
                for name in &names {
                    let status = person.sees_synced(namespace, name, ConditionStatus::False).await?;
                    let message = denied(&status)?;
                    ensure!(message.contains("ask the platform team"), "{message}");
                    person.sees_no_secret(namespace, name).await?;
                }
                // It is tried again, but an equal status is not written again.
                let before = person.get_sealed(namespace, "db0").await?.resource_version();
                tokio::time::sleep(Duration::from_secs(3)).await;
                let after = person.get_sealed(namespace, "db0").await?.resource_version();
                ensure!(before == after, "the status was written again");

                policy.relent().await?;
                for name in &names {
                    person.sees_values(namespace, name, &[("v", VALUE.as_bytes())]).await?;
                    let status = person.sees_synced(namespace, name, ConditionStatus::True).await?;
                    ensure!(status.observed_generation == Some(1), "the SealedSecret was edited");
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}
