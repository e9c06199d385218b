//! What Argo CD and Flux make of a SealedSecret in each of its states, said by their own rules and libraries.

mod judge;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ObservedSealedSecret;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, DynamicObject, PostParams};
use kube::core::discovery::ApiResource;
use serde_json::{json, to_value};
use tests::eventually::eventually;
use tests::person::Person;

use self::judge::{Judge, Verdict};
use crate::keys::restored;
use crate::stage::{Stage, stop};

pub(crate) async fn argo_cd_and_flux_see_the_truth(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let judge = tokio::task::spawn_blocking(Judge::ready).await??;
            // As the API server returns it: not through a type of ours, which might leave something out.
            let resource = ApiResource::erase::<ObservedSealedSecret>(&());
            let objects = Api::<DynamicObject>::namespaced_with(stage.lab.client(), namespace, &resource);
            let sees = async |state: &str, [plain, strict, kstatus, cel]: [&str; 4]| {
                let [plain, strict, kstatus, cel] = [plain, strict, kstatus, cel].map(str::to_owned);
                let expected = Verdict { plain, strict, kstatus, cel };
                eventually(Duration::from_secs(20), state, async || {
                    let object = to_value(objects.get("db").await?)?;
                    let verdict = judge.verdict(&object)?;
                    ensure!(verdict == expected, "{verdict:?}: {}", object["status"]);
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
            sees("unseen", ["Progressing", "Progressing", "InProgress", "InProgress"]).await?;
            let pod = stage.start().await?;
            sees("unsealed", ["Healthy", "Healthy", "Current", "Current"]).await?;
            stop(pod).await?;

            person.apply(&second).await?;
            // The plain rule cannot know; the generation tells the others.
            sees("edited, not yet seen", ["Healthy", "Progressing", "InProgress", "InProgress"]).await?;
            let [lost] = stage.keys().await?.try_into().ok().context("not one key")?;
            stage.secrets().delete(&lost.name_any(), &DeleteParams::default()).await?;
            let pod = stage.start().await?;
            sees("its key is gone", ["Degraded", "Degraded", "Failed", "Failed"]).await?;
            stage.secrets().create(&PostParams::default(), &restored(&lost)).await?;
            sees("its key arrived", ["Healthy", "Healthy", "Current", "Current"]).await?;

            person
                .patch_sealed(namespace, "db", &json!({ "metadata": { "finalizers": ["example.com/hold"] } }))
                .await?;
            person.delete_sealed(namespace, "db").await?;
            // A deletion is a new generation, and nothing is reported on it any more.
            sees("being deleted", ["Healthy", "Progressing", "Terminating", "InProgress"]).await?;
            person.patch_sealed(namespace, "db", &json!({ "metadata": { "finalizers": null } })).await?;
            stop(pod).await
        })
        .await
}
