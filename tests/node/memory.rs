//! A small memory limit, enforced by a kubelet.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, ObservedSealedSecret};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::ListParams;
use serde_json::json;
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::release::{Release, container_status};
use crate::stage::Stage;

const OBJECTS: usize = 800;

/// 800 SealedSecrets are unsealed within 32 MiB, and listed again by a restarted container: it is never killed for its
/// memory.
pub(crate) async fn eight_hundred_objects_fit_into_32_mebibytes(stage: Arc<Stage>) -> Result<()> {
    Release::with(&stage, async |release| {
        let limits = "resources.limits.memory=32Mi,resources.requests.memory=32Mi";
        release.install(&["--set", limits]).await?;
        let person = release.person()?;
        // Sealed once for all names in the namespace: sealing is not measured.
        let secret = Person::secret("default", "all", &json!({ "password": "p".repeat(64) }));
        let sealed = person.seal(&secret, &["--scope=namespace-wide"]).await?;
        stream::iter(0..OBJECTS)
            .map(|number| {
                let mut object = sealed.clone();
                object["metadata"]["name"] = json!(format!("object-{number}"));
                object["spec"]["template"]["metadata"]["name"] = json!(format!("object-{number}"));
                let person = person.clone();
                async move { person.apply(&object).await }
            })
            .buffer_unordered(8)
            .try_collect::<Vec<()>>()
            .await?;
        let secrets: Api<Secret> = Api::namespaced(stage.client(), "default");
        eventually(Duration::from_mins(2), "all of them are unsealed", async || {
            let there = secrets.list_metadata(&ListParams::default()).await?.items.len();
            ensure!(there == OBJECTS, "{there} of {OBJECTS}");
            Ok(())
        })
        .await?;
        never_killed(release).await?;

        let args = ["rollout", "restart", "deployment/sealed-secrets-controller", "--namespace"];
        stage.kubectl(&[args.as_slice(), &[release.namespace.as_str()]].concat()).await?;
        release.rolled_out().await?;
        release.unseals("one-more").await?;
        never_killed(release).await?;
        person.sees_synced("default", "one-more", ConditionStatus::True).await?;
        let sealed: Api<ObservedSealedSecret> = Api::namespaced(stage.client(), "default");
        // The status is written after the Secret.
        eventually(Duration::from_secs(20), "all of them are Synced", async || {
            let all = sealed.list(&ListParams::default()).await?;
            let synced = all.iter().filter(|object| {
                let status = object.status.as_ref().and_then(|status| status.condition(Condition::SYNCED));
                status.is_some_and(|condition| condition.status == ConditionStatus::True)
            });
            let synced = synced.count();
            ensure!(synced == OBJECTS + 1, "{synced} are Synced");
            Ok(())
        })
        .await
    })
    .await
}

async fn never_killed(release: &Release<'_>) -> Result<()> {
    let pods = release.pods().await?;
    let status = container_status(pods.first().context("no pod")?)?;
    ensure!(status["restartCount"] == 0, "the kubelet restarted it: {}", status["lastState"]);
    Ok(())
}
