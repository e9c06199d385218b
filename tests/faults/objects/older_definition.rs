//! Objects of every wrong shape, stored while the CustomResourceDefinition had no schema.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Client;
use kube::api::{Api, DynamicObject, Patch, PatchParams, PostParams};
use kube::core::ApiResource;
use serde_json::{Value, json};
use tests::test::eventually::eventually;

use crate::scene::audit::events;
use crate::stage::{Scene, Stage, stop};

const LONG: Duration = Duration::from_mins(1);

/// By name: the field that the message must name, and the object without its metadata.
fn broken() -> BTreeMap<&'static str, (&'static str, Value)> {
    let template =
        |template: Value| json!({ "spec": { "encryptedData": { "v": "x" }, "template": template } });
    BTreeMap::from([
        ("items-are-a-number", ("spec.encryptedData", json!({ "spec": { "encryptedData": 5 } }))),
        ("items-are-a-list", ("spec.encryptedData", json!({ "spec": { "encryptedData": ["x"] } }))),
        ("an-item-is-a-number", ("spec.encryptedData.v", json!({ "spec": { "encryptedData": { "v": 1 } } }))),
        ("no-items", ("spec", json!({ "spec": { "template": {} } }))),
        ("template-is-text", ("spec.template", template(json!("x")))),
        ("templates-are-a-list", ("spec.template.data", template(json!({ "data": [] })))),
        ("type-is-a-list", ("spec.template.type", template(json!({ "type": [] })))),
        (
            "a-label-is-a-number",
            ("spec.template.metadata.labels.a", template(json!({ "metadata": { "labels": { "a": 1 } } }))),
        ),
        ("spec-is-text", ("spec", json!({ "spec": "x" }))),
        ("spec-is-null", ("spec", json!({ "spec": null }))),
        ("no-spec", ("spec", json!({}))),
    ])
}

pub(crate) async fn each_is_reported_and_stops_nothing_else(stage: Arc<Stage>) -> Result<()> {
    stage
        .play_apart(async |scene| {
            scene.expects_refusals();
            let pod = scene.start().await?;
            let sealed = scene.seal(&pod, 1).await?;
            stop(pod).await?;
            let definition = anything_goes(&scene.client()).await?;
            let objects = objects(scene);
            for (name, (_, object)) in broken() {
                let mut object = object;
                object["apiVersion"] = json!("bitnami.com/v1alpha1");
                object["kind"] = json!("SealedSecret");
                object["metadata"] = json!({ "name": name });
                let object = serde_json::from_value(object)?;
                objects.create(&PostParams::default(), &object).await.with_context(|| name.to_owned())?;
            }
            ours_again(scene, definition).await?;

            let pod = scene.start().await?;
            for name in ["good-1", "good-2"] {
                scene.apply(name, &sealed[0]).await?;
                scene.person.sees_synced(&scene.namespace, name, ConditionStatus::True).await?;
                let values = [("v", sealed[0].value.as_bytes())];
                scene.person.sees_values(&scene.namespace, name, &values).await?;
            }
            for (name, (field, _)) in broken() {
                let field = format!("field {field} does not have the shape");
                eventually(LONG, "an event reports it", async || {
                    let messages = events(scene).await?.into_iter().filter(|event| {
                        event.involved_object.name.as_deref() == Some(name)
                            && event.reason.as_deref() == Some("ErrUnsealFailed")
                    });
                    let messages: Vec<_> = messages.filter_map(|event| event.message).collect();
                    ensure!(
                        messages.len() == 1 && messages[0].contains(&field),
                        "{name}: {messages:?}, not {field}"
                    );
                    Ok(())
                })
                .await?;
                // The API server accepts invalid fields that do not change: the status can be written.
                let status = scene.person.sees_synced(&scene.namespace, name, ConditionStatus::False).await?;
                let message = status.conditions[0].message.clone().unwrap_or_default();
                ensure!(message.contains(&field), "{name}: {message}, not {field}");
                ensure!(status.condition(Condition::STALLED).is_some(), "{name}: {status:?}");
            }
            stop(pod).await
        })
        .await
}

fn objects(scene: &Scene) -> Api<DynamicObject> {
    Api::namespaced_with(scene.client(), &scene.namespace, &ApiResource::erase::<api::SealedSecret>(&()))
}

/// Replaces the CustomResourceDefinition by one without a schema; returns the one from before.
async fn anything_goes(client: &Client) -> Result<CustomResourceDefinition> {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let before = definitions.get("sealedsecrets.bitnami.com").await?;
    let mut permissive = before.clone();
    for version in &mut permissive.spec.versions {
        let schema =
            json!({ "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } });
        version.schema = serde_json::from_value(schema)?;
    }
    definitions.replace("sealedsecrets.bitnami.com", &PostParams::default(), &permissive).await?;
    is_judged_by(client, true).await?;
    Ok(before)
}

/// Restores the CustomResourceDefinition.
async fn ours_again(scene: &Scene, before: CustomResourceDefinition) -> Result<()> {
    let definitions: Api<CustomResourceDefinition> = Api::all(scene.client());
    let spec = Patch::Merge(json!({ "spec": { "versions": before.spec.versions } }));
    definitions.patch("sealedsecrets.bitnami.com", &PatchParams::default(), &spec).await?;
    is_judged_by(&scene.client(), false).await
}

/// Waits until the API server validates by the new definition, which takes a moment.
async fn is_judged_by(client: &Client, permissive: bool) -> Result<()> {
    let kind = ApiResource::erase::<api::SealedSecret>(&());
    let objects: Api<DynamicObject> = Api::namespaced_with(client.clone(), "default", &kind);
    let wrong = DynamicObject::new("wrong", &kind).data(json!({ "spec": { "encryptedData": 5 } }));
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    eventually(LONG, "the definition counts", async || {
        let taken = objects.create(&dry_run, &wrong).await;
        ensure!(taken.is_ok() == permissive, "{taken:?}");
        Ok(())
    })
    .await
}
