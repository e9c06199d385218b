//! A leaked key, and the SealedSecrets that it opened; and the annotation that allows drift.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::annotations::CORRECT_DRIFT;
use api::{Condition, ConditionStatus, sealing_key};
use kube::ResourceExt as _;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::json;
use tests::lab::Maker;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::stage::{Stage, stop};

/// Longer than anything takes.
const SOON: Duration = Duration::from_mins(1);

pub(crate) async fn what_a_leaked_key_opened_is_marked_until_it_is_sealed_anew(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            let [leaked] = stage.keys().await?.try_into().ok().context("not one key")?;
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
            let before = person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let opened_by = before.opened_by.context("it does not say which key opened it")?;
            ensure!(opened_by.len() == 1, "{opened_by:?}");
            let written = person.get_secret(namespace, "db").await?.resource_version();

            // First another key, then the label, as `kubectl label` does, without a restart.
            let http = stage.lab.kubeseal(Maker::Ours)?;
            let certificate = http.output(&["--fetch-cert"], b"").await?;
            http.output(&["keys", "renew"], b"").await?;
            eventually(SOON, "another certificate is served", async || {
                ensure!(http.output(&["--fetch-cert"], b"").await? != certificate, "it is the same");
                Ok(())
            })
            .await?;
            person.seal_and_apply(&Person::secret(namespace, "other", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "other", ConditionStatus::True).await?;
            let label = |value: &str| {
                Patch::Merge(json!({ "metadata": { "labels": { sealing_key::LABEL: value } } }))
            };
            let (name, params) = (leaked.name_any(), PatchParams::default());
            stage.secrets().patch(&name, &params, &label(sealing_key::COMPROMISED)).await?;

            let compromised = async |name: &str| {
                let status = person.get_sealed(namespace, name).await?.status.unwrap_or_default();
                let types: Vec<String> = status.conditions.iter().map(|it| it.type_.clone()).collect();
                anyhow::Ok((types, status))
            };
            let marked = eventually(SOON, "it is marked", async || {
                let (types, status) = compromised("db").await?;
                ensure!(types == [Condition::SYNCED, Condition::READY, Condition::COMPROMISED], "{types:?}");
                Ok(status)
            })
            .await?;
            let mark = marked.condition(Condition::COMPROMISED).context("no mark")?;
            ensure!(mark.status == ConditionStatus::True && mark.reason.as_deref() == Some("KeyRevoked"));
            ensure!(mark.message.as_ref().is_some_and(|it| it.contains(opened_by.first().unwrap_or(it))));
            ensure!(marked.compromised_by.as_ref() == Some(&opened_by), "{:?}", marked.compromised_by);
            ensure!(marked.conditions[..2] == before.conditions[..], "the other conditions changed");
            ensure!(
                person.get_secret(namespace, "db").await?.resource_version() == written,
                "it was written"
            );
            ensure!(compromised("other").await?.0 == [Condition::SYNCED, Condition::READY]);

            // The key turns out to be sound.
            stage.secrets().patch(&name, &params, &label(sealing_key::ACTIVE)).await?;
            let unmarked = async || {
                let types = compromised("db").await?.0;
                ensure!(types == [Condition::SYNCED, Condition::READY], "{types:?}");
                Ok(())
            };
            eventually(SOON, "it is marked no more", unmarked).await?;
            stage.secrets().patch(&name, &params, &label(sealing_key::COMPROMISED)).await?;
            eventually(SOON, "it is marked again", async || {
                ensure!(compromised("db").await?.0.len() == 3, "not yet");
                Ok(())
            })
            .await?;

            // A restart changes nothing, and a new value removes the condition.
            stop(pod).await?;
            let pod = stage.start().await?;
            ensure!(compromised("db").await?.0.len() == 3, "the restart took the mark off");
            // Deleting the key changes nothing: a copy of it still opens.
            stage.secrets().delete(&name, &DeleteParams::default()).await?;
            person.seal_and_apply(&Person::secret(namespace, "later", &json!({ "v": "1" })), &[]).await?;
            person.sees_synced(namespace, "later", ConditionStatus::True).await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
            ensure!(compromised("db").await?.0.len() == 3, "the mark went with the key's Secret");
            person.seal_and_apply(&Person::secret(namespace, "db", &json!({ "v": "2" })), &[]).await?;
            person.sees_values(namespace, "db", &[("v", b"2")]).await?;
            eventually(SOON, "it is marked no more", unmarked).await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn drift_that_is_wanted_stays(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let pod = stage.start().await?;
            for (name, value) in [("kept", "false"), ("right", "true")] {
                let mut sealed =
                    person.seal(&Person::secret(namespace, name, &json!({ "v": "1" })), &[]).await?;
                sealed["metadata"]["annotations"][CORRECT_DRIFT] = json!(value);
                person.apply(&sealed).await?;
                person.sees_synced(namespace, name, ConditionStatus::True).await?;
            }
            for name in ["kept", "right"] {
                person.patch_secret(namespace, name, &json!({ "stringData": { "v": "edited" } })).await?;
            }
            person.sees_values(namespace, "right", &[("v", b"1")]).await?;
            person.sees_values(namespace, "kept", &[("v", b"edited")]).await?;

            // Until the SealedSecret itself changes, or the annotation is removed.
            let annotations = json!({ "metadata": { "annotations": { CORRECT_DRIFT: null } } });
            person.patch_sealed(namespace, "kept", &annotations).await?;
            person.sees_values(namespace, "kept", &[("v", b"1")]).await?;
            stop(pod).await
        })
        .await
}
