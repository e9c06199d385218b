//! What one kubeseal seals, the other controller unseals.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use kube::ResourceExt as _;
use tests::lab::Maker;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::cases;
use crate::stage::Stage;

pub(crate) async fn upstream_seals_and_ours_unseals(stage: Arc<Stage>) -> Result<()> {
    one_seals_and_the_other_unseals(&stage, Maker::Upstream, Maker::Ours).await
}

pub(crate) async fn ours_seals_and_upstream_unseals(stage: Arc<Stage>) -> Result<()> {
    one_seals_and_the_other_unseals(&stage, Maker::Ours, Maker::Upstream).await
}

async fn one_seals_and_the_other_unseals(stage: &Stage, seals: Maker, unseals: Maker) -> Result<()> {
    stage
        .alone(async || {
            let pod = stage.start(unseals).await?;
            let person = Person::with(&stage.lab, seals)?;
            with_temp_ns(&stage.lab, async |namespace| {
                for case in cases::all(namespace) {
                    person.seal_and_apply(&case.secret, &case.args).await?;
                }
                for case in cases::all(namespace) {
                    let values: Vec<(&str, &[u8])> =
                        case.values.iter().map(|(key, value)| (key.as_str(), value.as_slice())).collect();
                    let made = person
                        .sees_values(namespace, &case.name, &values)
                        .await
                        .with_context(|| format!("case {}", case.name))?;
                    person.sees_synced(namespace, &case.name, ConditionStatus::True).await?;
                    ensure!(made.type_.as_deref() == Some("Opaque"), "case {}: {:?}", case.name, made.type_);
                    ensure!(made.labels()["case"] == "interop", "case {}: {:?}", case.name, made.labels());
                    ensure!(made.owner_references().len() == 1, "case {}", case.name);
                }
                Ok(())
            })
            .await?;
            stage.stop(unseals, pod).await
        })
        .await
}
