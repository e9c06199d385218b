//! CustomResourceDefinitions that drop fields of the status: upstream's, and ours as it was before the annotation for the recipients.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use kube::core::ApiResource;
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::test::eventually::eventually;

use crate::scene::cluster::{Cluster, SOON};
use crate::stage::{HOME, Scene, Stage};

const NAME: &str = "sealedsecrets.bitnami.com";

const VALUES: [(&str, &str); 2] = [("a", "1"), ("b", "2")];

/// Longer than the delays after which a controller would write a status again.
const A_WHILE: Duration = Duration::from_secs(3);

pub(crate) async fn one_that_drops_fields_of_the_status_causes_no_writes(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(Maker::Ours, async |scene| {
            let lab = &scene.clusters[1].site.lab;
            let upstreams = lab.upstream_chart(HOME)?.render().await?;
            let upstreams: CustomResourceDefinition = upstreams.find("CustomResourceDefinition")?;
            let definitions: Api<CustomResourceDefinition> = Api::all(lab.client());
            let ours = definitions.get(NAME).await?;
            let mut earlier = serde_json::to_value(&ours.spec.versions)?;
            let target = "/0/schema/openAPIV3Schema/properties/status/properties/target/properties";
            let target = earlier.pointer_mut(target).context("no schema of the target")?;
            target.as_object_mut().context("no fields")?.remove("recipients").context("no such field")?;

            let played = async {
                for (name, versions) in
                    [("upstreams", serde_json::to_value(upstreams.spec.versions)?), ("earlier", earlier)]
                {
                    let sealed = scene.seal(name, &VALUES).await?;
                    replace(scene, &definitions, versions, &sealed).await?;
                    plays(scene, &sealed).await.with_context(|| format!("with the definition {name}"))?;
                }
                anyhow::Ok(())
            };
            let played = played.await;
            let versions = Patch::Merge(json!({ "spec": { "versions": ours.spec.versions } }));
            definitions.patch(NAME, &PatchParams::default(), &versions).await?;
            played
        })
        .await
}

/// It is unsealed once, after a restart once more, and no status is written over and over.
async fn plays(scene: &mut Scene, sealed: &Value) -> Result<()> {
    let cluster = &mut scene.clusters[1];
    let first = is_settled(cluster, &scene.namespace, sealed).await?;
    cluster.stop().await?;
    cluster.start_controller().await?;
    let second = is_settled(cluster, &scene.namespace, sealed).await?;
    ensure!(first == second, "a restart wrote the SealedSecret or its Secret: {first:?}, then {second:?}");
    // An annotation that changes is seen all the same.
    let mut broken = sealed.clone();
    broken["metadata"]["annotations"][api::annotations::RECIPIENTS] = json!("{}");
    let cluster = &scene.clusters[1];
    cluster.person.apply(&broken).await?;
    cluster.refuses(&broken, &["a", "b"], "cannot be read").await?;
    cluster.person.apply(sealed).await?;
    is_settled(cluster, &scene.namespace, sealed).await.map(drop)
}

/// Waits until it is unsealed; then nothing may be written. Returns the versions.
async fn is_settled(cluster: &Cluster, namespace: &str, sealed: &Value) -> Result<[Option<String>; 2]> {
    let name = crate::scene::cluster::name_of(sealed)?;
    let values = VALUES.map(|(key, value)| (key, value.as_bytes()));
    cluster.person.sees_synced(namespace, name, ConditionStatus::True).await?;
    cluster.person.sees_values(namespace, name, &values).await?;
    let before = eventually(SOON, "the status is written", async || {
        let status = cluster.person.get_sealed(namespace, name).await?.status.unwrap_or_default();
        ensure!(status.condition(Condition::READY).is_some(), "{status:?}");
        cluster.versions(sealed).await
    })
    .await?;
    tokio::time::sleep(A_WHILE).await;
    let now = cluster.versions(sealed).await?;
    ensure!(now == before, "it is written over and over: {before:?}, then {now:?}");
    Ok(now)
}

/// Replaces the definition, and applies the object when the API server uses the new one.
async fn replace(
    scene: &Scene,
    definitions: &Api<CustomResourceDefinition>,
    versions: Value,
    sealed: &Value,
) -> Result<()> {
    let versions = Patch::Merge(json!({ "spec": { "versions": versions } }));
    definitions.patch(NAME, &PatchParams::default(), &versions).await?;
    let cluster = &scene.clusters[1];
    let kind = ApiResource::erase::<api::SealedSecret>(&());
    let objects: Api<DynamicObject> =
        Api::namespaced_with(cluster.site.lab.client(), &scene.namespace, &kind);
    // An object that no key opens, to see whether the field is dropped.
    let probe = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "spec": { "encryptedData": { "a": "AAAA" } },
        "metadata": { "name": "probe", "namespace": scene.namespace },
    });
    cluster.person.apply(&probe).await?;
    let target = json!({ "resourceVersion": "1", "scope": "strict", "recipients": "digest" });
    let status = Patch::Merge(json!({ "status": { "target": target } }));
    let dry_run = PatchParams { dry_run: true, ..PatchParams::default() };
    eventually(SOON, "the definition counts", async || {
        let answer = objects.patch_status("probe", &dry_run, &status).await?;
        ensure!(answer.data["status"]["target"]["recipients"].is_null(), "the field is kept");
        Ok(())
    })
    .await?;
    cluster.person.apply(sealed).await
}
