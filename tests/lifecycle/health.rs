//! What Argo CD and Flux make of a SealedSecret in each of its states.
//!
//! Their rules are restated here from what they document: Argo CD looks at the first `Synced` condition (a stricter variant
//! also at the generation); Flux uses kstatus, which reads observedGeneration, Reconciling, Stalled and Ready.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, ObservedSealedSecret};
use kube::ResourceExt as _;
use kube::api::{DeleteParams, PostParams};
use serde_json::json;
use tests::eventually::eventually;
use tests::person::Person;

use crate::keys::restored;
use crate::stage::{Stage, stop};

fn condition(object: &ObservedSealedSecret, type_: &str) -> Option<ConditionStatus> {
    object.status.as_ref()?.condition(type_).map(|condition| condition.status)
}

fn is_seen(object: &ObservedSealedSecret) -> bool {
    let observed = object.status.as_ref().and_then(|status| status.observed_generation);
    observed == object.metadata.generation
}

fn argo(object: &ObservedSealedSecret) -> &'static str {
    match condition(object, Condition::SYNCED) {
        Some(ConditionStatus::False) => "Degraded",
        Some(ConditionStatus::True) => "Healthy",
        Some(ConditionStatus::Unknown) | None => "Progressing",
    }
}

fn strict_argo(object: &ObservedSealedSecret) -> &'static str {
    if is_seen(object) { argo(object) } else { "Progressing" }
}

fn kstatus(object: &ObservedSealedSecret) -> &'static str {
    let holds = |type_| condition(object, type_) == Some(ConditionStatus::True);
    if object.metadata.deletion_timestamp.is_some() {
        "Terminating"
    } else if !is_seen(object) || holds(Condition::RECONCILING) {
        "InProgress"
    } else if holds(Condition::STALLED) {
        "Failed"
    } else if condition(object, Condition::READY).is_some_and(|ready| ready != ConditionStatus::True) {
        "InProgress"
    } else {
        "Current"
    }
}

pub(crate) async fn argo_cd_and_flux_see_the_truth(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let sees = async |state: &str, expected: [&str; 3]| {
                eventually(Duration::from_secs(20), state, async || {
                    let object = person.get_sealed(namespace, "db").await?;
                    let seen = [argo(&object), strict_argo(&object), kstatus(&object)];
                    ensure!(seen == expected, "{seen:?}: {:?}", object.status);
                    Ok(())
                })
                .await
            };
            let pod = stage.start().await?;
            let secret = |value: &str| Person::secret(namespace, "db", &json!({ "v": value }));
            let first = person.seal(&secret("1"), &[]).await?;
            let second = person.seal(&secret("2"), &[]).await?;
            stop(pod).await?;

            person.apply(&first).await?;
            sees("unseen", ["Progressing", "Progressing", "InProgress"]).await?;
            let pod = stage.start().await?;
            sees("unsealed", ["Healthy", "Healthy", "Current"]).await?;
            stop(pod).await?;

            person.apply(&second).await?;
            // The plain rule cannot know; the generation tells the others.
            sees("edited, not yet seen", ["Healthy", "Progressing", "InProgress"]).await?;
            let [lost] = stage.keys().await?.try_into().ok().context("not one key")?;
            stage.secrets().delete(&lost.name_any(), &DeleteParams::default()).await?;
            let pod = stage.start().await?;
            sees("its key is gone", ["Degraded", "Degraded", "Failed"]).await?;
            stage.secrets().create(&PostParams::default(), &restored(&lost)).await?;
            sees("its key arrived", ["Healthy", "Healthy", "Current"]).await?;

            person
                .patch_sealed(namespace, "db", &json!({ "metadata": { "finalizers": ["example.com/hold"] } }))
                .await?;
            person.delete_sealed(namespace, "db").await?;
            // A deletion is a new generation, and nothing is reported on it any more.
            sees("being deleted", ["Healthy", "Progressing", "Terminating"]).await?;
            person.patch_sealed(namespace, "db", &json!({ "metadata": { "finalizers": null } })).await?;
            stop(pod).await
        })
        .await
}
