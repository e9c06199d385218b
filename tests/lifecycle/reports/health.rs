//! The health of a SealedSecret in each of its states, according to the rules and libraries of Argo CD and Flux.

mod judge;
mod page;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ObservedSealedSecret;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, DynamicObject, PostParams};
use kube::core::discovery::ApiResource;
use serde_json::{json, to_value};
use tests::test::eventually::eventually;
use tests::user::page::run;
use tests::user::person::Person;

use self::judge::{Judge, Verdict};
use crate::keys::key_changes::restored;
use crate::stage::{Stage, stop};

pub(crate) async fn argo_cd_and_flux_see_the_truth(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let person = &stage.person;
            let court = Court::sit(&stage, namespace).await?;
            let sees = async |state: &str, verdicts: [&str; 4]| court.sees(state, verdicts).await;
            let pod = stage.start().await?;
            let secret = |value: &str| Person::secret(namespace, "db", &json!({ "v": value }));
            let first = person.seal(&secret("1"), &[]).await?;
            let second = person.seal(&secret("2"), &[]).await?;
            stop(pod).await?;

            person.apply(&first).await?;
            // Kstatus takes an object without a status for ready, and Flux's expressions cannot be evaluated yet, so
            // Flux waits.
            sees("unseen", ["Progressing", "Progressing", "Current", "Unknown"]).await?;
            let pod = stage.start().await?;
            sees("unsealed", ["Healthy", "Healthy", "Current", "Current"]).await?;
            stop(pod).await?;

            person.apply(&second).await?;
            // The plain rule cannot know; the others see the generation.
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
            // A deletion is a new generation, and no status is written for it.
            sees("being deleted", ["Healthy", "Progressing", "Terminating", "InProgress"]).await?;
            person.patch_sealed(namespace, "db", &json!({ "metadata": { "finalizers": null } })).await?;
            stop(pod).await
        })
        .await
}

/// With the default of the page, plain kstatus waits as well; nothing else changes.
pub(crate) async fn the_documented_default_makes_plain_kstatus_wait(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |namespace| {
            let [set, take_away] = page::commands()?;
            let kubeconfig = stage.lab.control_plane.kubeconfig();
            run(&set, &kubeconfig).await?;
            let seen = plain_kstatus_waits(&stage, namespace).await;
            run(&take_away, &kubeconfig).await?;
            seen
        })
        .await
}

async fn plain_kstatus_waits(stage: &Stage, namespace: &str) -> Result<()> {
    let court = Court::sit(stage, namespace).await?;
    let pod = stage.start().await?;
    let sealed = stage.person.seal(&Person::secret(namespace, "db", &json!({ "v": "1" })), &[]).await?;
    stop(pod).await?;
    stage.person.apply(&sealed).await?;
    court.sees("unseen", ["Progressing", "Progressing", "InProgress", "InProgress"]).await?;
    // The default is not for a controller that writes no status, and such a controller logs that.
    let mut pod = stage.pod()?.flag("update-status", "false").start(&stage.lab).await?;
    pod.wait_ready().await?;
    stage.person.sees_values(namespace, "db", &[("v", b"1")]).await?;
    court.sees("no status", ["Progressing", "Progressing", "InProgress", "InProgress"]).await?;
    eventually(Duration::from_secs(20), "the warning", async || {
        let logs = pod.logs()?;
        ensure!(logs.matches("sets status.observedGeneration to -1").count() == 1, "{logs}");
        Ok(())
    })
    .await?;
    stop(pod).await?;
    let pod = stage.start().await?;
    court.sees("unsealed", ["Healthy", "Healthy", "Current", "Current"]).await?;
    stop(pod).await
}

/// All judges, for one object.
struct Court {
    judge: Judge,
    objects: Api<DynamicObject>,
}

impl Court {
    async fn sit(stage: &Stage, namespace: &str) -> Result<Self> {
        let judge = tokio::task::spawn_blocking(Judge::ready).await??;
        // As the API server returns it: a type of ours might leave something out.
        let resource = ApiResource::erase::<ObservedSealedSecret>(&());
        let objects = Api::namespaced_with(stage.lab.client(), namespace, &resource);
        Ok(Self { judge, objects })
    }

    /// Waits until the judges give these verdicts about `db`.
    async fn sees(&self, state: &str, [plain, strict, kstatus, cel]: [&str; 4]) -> Result<()> {
        let [plain, strict, kstatus, cel] = [plain, strict, kstatus, cel].map(str::to_owned);
        let expected = Verdict { plain, strict, kstatus, cel };
        eventually(Duration::from_secs(20), state, async || {
            let object = to_value(self.objects.get("db").await?)?;
            let verdict = self.judge.verdict(&object)?;
            ensure!(verdict == expected, "{verdict:?}: {}", object["status"]);
            Ok(())
        })
        .await
    }
}
