//! Objects that are nested deeper than `serde_json` decodes, and no deeper than the API server stores: a user who may
//! write one object anywhere can create one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, ObservedSecret, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::core::Request;
use kube::{Resource, ResourceExt as _};
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::test::eventually::eventually;

use crate::scene::audit::events;
use crate::stage::{Scene, Sealed, Stage, stop};

/// `serde_json` decodes 127, Go 10,000.
const DEPTH: usize = 1_000;

const LONG: Duration = Duration::from_mins(1);

pub(crate) async fn each_is_its_own_affair_and_stops_nothing_else(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            scene.expects_refusals();
            let pod = scene.start().await?;
            let sealed = scene.seal(&pod, 1).await?.pop().context("nothing sealed")?;
            store(scene, "while", &sealed).await?;
            all_is_well(scene, "while", &sealed).await?;
            stop(pod).await?;

            store(scene, "before", &sealed).await?;
            dig_key(scene).await?;
            let pod = scene.start().await?;
            for round in ["while", "before"] {
                all_is_well(scene, round, &sealed).await?;
            }
            let logs = pod.logs()?;
            ensure!(!logs.contains("trying again") && !logs.contains("will retry"), "{logs}");
            stop(pod).await?;
            keys_can_be_listed(scene).await
        })
        .await
}

/// Stores objects of every kind, named after the round.
async fn store(scene: &Scene, round: &str, sealed: &Sealed) -> Result<()> {
    let name = |kind: &str| format!("{kind}-{round}");
    // One without a meaning, and one that is labelled as a key in the wrong namespace.
    for (kind, labels) in [("plain", json!({})), ("key", json!({ sealing_key::LABEL: sealing_key::ACTIVE }))]
    {
        let metadata =
            json!({ "name": name(kind), "labels": labels, "managedFields": managed_fields::<Secret>() });
        create::<Secret>(scene, json!({ "metadata": metadata })).await?;
    }
    // One with the name of a Secret that is to be written, which allows to be taken over.
    let annotations = json!({ "sealedsecrets.bitnami.com/managed": "true" });
    let taken = json!({ "name": name("taken"), "annotations": annotations, "managedFields": managed_fields::<Secret>() });
    create::<Secret>(scene, json!({ "metadata": taken, "stringData": { "v": "theirs" } })).await?;
    scene.apply(&name("taken"), sealed).await?;

    let mut object = sealed.object();
    object["metadata"]["namespace"] = json!(scene.namespace);
    let mut own = object.clone();
    own["metadata"]["name"] = json!(name("own"));
    own["metadata"]["managedFields"] = managed_fields::<api::SealedSecret>();
    create::<api::SealedSecret>(scene, own).await?;
    // An object that no part of the controller reads.
    let mut unread = object.clone();
    unread["metadata"]["name"] = json!(name("unread"));
    unread["spec"]["template"]["metadata"]["x"] = nested("x");
    create::<api::SealedSecret>(scene, unread).await?;
    let mut read = object;
    read["metadata"]["name"] = json!(name("read"));
    read["spec"]["template"]["metadata"]["ownerReferences"] = nested("x");
    create::<api::SealedSecret>(scene, read).await
}

/// The objects of the round are handled correctly, and everything else works.
async fn all_is_well(scene: &Scene, round: &str, sealed: &Sealed) -> Result<()> {
    let (person, namespace) = (&scene.person, &scene.namespace);
    let name = |kind: &str| format!("{kind}-{round}");
    scene.apply(&name("good"), sealed).await?;
    for kind in ["good", "own", "unread"] {
        let values = [("v", sealed.value.as_bytes())];
        person.sees_values(namespace, &name(kind), &values).await?;
        person.sees_synced(namespace, &name(kind), ConditionStatus::True).await?;
        person.delete_secret(namespace, &name(kind)).await?;
        person.sees_values(namespace, &name(kind), &values).await.context("it does not come back")?;
    }
    person.sees_synced(namespace, &name("taken"), ConditionStatus::True).await?;
    let secrets: Api<ObservedSecret> = Api::namespaced(scene.client(), namespace);
    let taken = secrets.get(&name("taken")).await?.into_known().data.unwrap_or_default();
    ensure!(taken.get("v").is_some_and(|value| value.0 == sealed.value.as_bytes()), "not taken over");

    let field = "field spec.template.metadata.ownerReferences";
    let status = person.sees_synced(namespace, &name("read"), ConditionStatus::False).await?;
    let synced = &status.conditions[0];
    ensure!(synced.reason.as_deref() == Some("InvalidSpec"), "{synced:?}");
    ensure!(synced.message.as_ref().is_some_and(|message| message.contains(field)), "{synced:?}");
    ensure!(status.condition(Condition::STALLED).is_some(), "{status:?}");
    for (kind, words) in [("read", field), ("key", "only Secrets in the controller's own namespace")] {
        eventually(LONG, "one event reports it", async || {
            let messages = events(scene).await?.into_iter();
            let messages = messages.filter(|event| event.involved_object.name.as_ref() == Some(&name(kind)));
            let messages: Vec<_> = messages.filter_map(|event| event.message).collect();
            ensure!(messages.len() == 1 && messages[0].contains(words), "{messages:?}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// The controller's own key is read like any other.
async fn dig_key(scene: &Scene) -> Result<()> {
    let key = scene.keys().await?.pop().context("no key")?;
    let patch = Patch::Merge(json!({ "metadata": { "managedFields": managed_fields::<Secret>() } }));
    let secrets = Request::new(Secret::url_path(&(), Some(&scene.home)));
    let request = secrets.patch(&key.name_any(), &PatchParams::default(), &patch)?;
    is_deep(&scene.client().request_text(request).await?)
}

async fn keys_can_be_listed(scene: &Scene) -> Result<()> {
    let kubeseal = scene.lab.kubeseal(Maker::Ours)?;
    let args = ["keys", "list", "-o", "json", "--controller-namespace", &scene.home];
    let listing: Value = serde_json::from_slice(&kubeseal.output(&args, b"").await?)?;
    // `good`, `taken`, `own` and `unread`, twice.
    ensure!(listing["keys"][0]["cluster"] == 8, "{listing}");
    Ok(())
}

/// Stores an object as text, because the API server's response cannot be decoded.
async fn create<K: Resource<DynamicType = ()>>(scene: &Scene, mut object: Value) -> Result<()> {
    object["apiVersion"] = json!(K::api_version(&()));
    object["kind"] = json!(K::kind(&()));
    let objects = Request::new(K::url_path(&(), Some(&scene.namespace)));
    let request = objects.create(&PostParams::default(), serde_json::to_vec(&object)?)?;
    let name = object["metadata"]["name"].to_string();
    is_deep(&scene.client().request_text(request).await.with_context(|| name.clone())?).context(name)
}

/// Asserts that the object is stored with its whole depth.
fn is_deep(stored: &str) -> Result<()> {
    let decoded = serde_json::from_str::<Value>(stored);
    ensure!(decoded.is_err_and(|error| error.to_string().contains("recursion limit")), "it is not deep");
    Ok(())
}

fn managed_fields<K: Resource<DynamicType = ()>>() -> Value {
    json!([{
        "manager": "kubectl", "operation": "Update", "apiVersion": K::api_version(&()), "time": "2026-01-01T00:00:00Z",
        "fieldsType": "FieldsV1", "fieldsV1": nested("f:a"),
    }])
}

fn nested(field: &str) -> Value {
    (0..DEPTH).fold(json!({}), |inner, _| json!({ field: inner }))
}
