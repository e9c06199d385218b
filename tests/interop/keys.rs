//! Keys: either controller continues with the Secrets of the other.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use serde_json::json;
use tests::lab::Maker;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::stage::Stage;

pub(crate) async fn upstream_starts_on_our_key(stage: Arc<Stage>) -> Result<()> {
    one_takes_over(&stage, Maker::Ours, Maker::Upstream).await
}

pub(crate) async fn ours_starts_on_upstreams_key(stage: Arc<Stage>) -> Result<()> {
    one_takes_over(&stage, Maker::Upstream, Maker::Ours).await
}

/// The first controller makes the key and unseals; the second serves the same certificate, opens what was sealed
/// before, and changes no Secret when it starts.
async fn one_takes_over(stage: &Stage, first: Maker, second: Maker) -> Result<()> {
    stage
        .alone(async || {
            let person = Person::with(&stage.lab, first)?;
            let kubeseal = stage.lab.kubeseal(first)?;
            let pod = stage.start(first).await?;
            let certificate = kubeseal.output(&["--fetch-cert"], b"").await?;
            with_temp_ns(&stage.lab, async |namespace| {
                person
                    .seal_and_apply(&Person::secret(namespace, "before", &json!({ "v": "1" })), &[])
                    .await?;
                let before = person.sees_values(namespace, "before", &[("v", b"1")]).await?;
                person.sees_synced(namespace, "before", ConditionStatus::True).await?;
                let waiting =
                    person.seal(&Person::secret(namespace, "waiting", &json!({ "v": "2" })), &[]).await?;
                stage.stop(first, pod).await?;

                person.apply(&waiting).await?;
                let pod = stage.start(second).await?;
                person.sees_values(namespace, "waiting", &[("v", b"2")]).await?;
                let served = kubeseal.output(&["--fetch-cert"], b"").await?;
                ensure!(served == certificate, "another certificate is served");
                let after = person.sees_values(namespace, "before", &[("v", b"1")]).await?;
                let versions = (before.metadata.resource_version, after.metadata.resource_version);
                // Upstream's controller rewrites every Secret whose template has no type, unchanged.
                ensure!(versions.0 == versions.1, "the Secret was written again");

                let other = Person::with(&stage.lab, second)?;
                other.seal_and_apply(&Person::secret(namespace, "after", &json!({ "v": "3" })), &[]).await?;
                other.sees_values(namespace, "after", &[("v", b"3")]).await?;
                stage.stop(second, pod).await.context("stopping the second")
            })
            .await
        })
        .await
}
