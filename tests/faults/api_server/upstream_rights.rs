//! The rights of upstream's chart: a status may be replaced, and not patched.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, SealedSecret};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, GetParams, PostParams};
use kube::core::Request;
use kube::{Resource as _, ResourceExt as _};
use serde_json::json;
use serde_json::value::RawValue;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;

use crate::scene::audit::{ExpectedValues, right};
use crate::stage::{Stage, started, stop};

/// Fields as the API server sends them, nested to any depth.
type Fields = BTreeMap<String, Box<RawValue>>;

const FORBIDDEN: Fault = Fault::Refuse(403, "Forbidden", None);

/// An unseal is two requests: one for the Secret, one for the status.
pub(crate) async fn a_status_costs_one_request(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: u64 = 60;
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            proxy.set([Rule::on("patch", "sealedsecrets/status", FORBIDDEN)]);
            let done = async || {
                let done = proxy.all_done().await;
                let of = |request: &str| done.get(request).copied().unwrap_or_default();
                let wrote = ["secrets", "sealedsecrets/status"].map(|resource| {
                    ["create", "update", "get"].map(|verb| of(&format!("{verb} {resource}")))
                });
                (wrote, of("get sealedsecrets"))
            };
            let (before, gets) = done().await;
            let mut wanted = ExpectedValues::new();
            for number in 0..OBJECTS {
                scene.apply(&format!("s{number}"), &sealed[0]).await?;
                wanted.insert(format!("s{number}"), sealed[0].value.clone());
            }
            right(scene, &wanted).await?;
            let (now, gets_now) = done().await;
            let since = |resource: usize, verb: usize| now[resource][verb] - before[resource][verb];
            ensure!(
                [since(0, 0), since(0, 1), since(0, 2)] == [OBJECTS, 0, 0],
                "Secrets: {before:?} {now:?}"
            );
            ensure!(
                [since(1, 0), since(1, 1), since(1, 2)] == [0, OBJECTS, 0],
                "statuses: {before:?} {now:?}"
            );
            ensure!(gets_now == gets, "a SealedSecret was read");
            ensure!(proxy.hits() == 0, "{} patches", proxy.hits());
            stop(pod).await
        })
        .await
}

/// The status is replaced by a request that names nothing else of the object.
pub(crate) async fn a_replaced_status_leaves_the_object_as_it_is(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            proxy.set([Rule::on("patch", "sealedsecrets/status", FORBIDDEN)]);
            let owner = ConfigMap { metadata: kube::api::ObjectMeta { name: Some("owner".into()), ..Default::default() }, ..Default::default() };
            let owners = Api::<ConfigMap>::namespaced(scene.client(), &scene.namespace);
            let owner = owners.create(&PostParams::default(), &owner).await?;
            let mut object = sealed[0].object();
            object["metadata"] = json!({
                "name": "db",
                "namespace": scene.namespace,
                "labels": { "team": "shop" },
                "annotations": { "sealedsecrets.bitnami.com/namespace-wide": "true", "note": "keep" },
                "finalizers": ["example.com/keep"],
                "ownerReferences": [{ "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner.uid() }],
            });
            // Deeper than serde_json decodes, in a field without a schema.
            object["spec"]["template"]["metadata"]["x"] = (0..500).fold(json!({}), |inner, _| json!({ "x": inner }));
            let requests = Request::new(SealedSecret::url_path(&(), Some(&scene.namespace)));
            let create = requests.create(&PostParams { field_manager: Some("a-tool".into()), ..PostParams::default() }, serde_json::to_vec(&object)?)?;
            let created = scene.client().request_text(create).await?;
            scene.person.sees_synced(&scene.namespace, "db", ConditionStatus::True).await?;
            ensure!(proxy.done("update", "sealedsecrets/status").await >= 1, "the status was not replaced");
            let now = scene.client().request_text(requests.get("db", &GetParams::default())?).await?;
            same_but_for_the_status(&created, &now)?;
            let free = json!({ "metadata": { "finalizers": null } });
            scene.person.patch_sealed(&scene.namespace, "db", &free).await?;
            stop(pod).await
        })
        .await
}

fn same_but_for_the_status(created: &str, now: &str) -> Result<()> {
    let part = |object: &str, name: &str| -> Result<Box<RawValue>> {
        let mut fields: Fields = serde_json::from_str(object)?;
        fields.remove(name).with_context(|| format!("no {name}"))
    };
    let metadata = |object: &str| -> Result<(BTreeMap<String, String>, Vec<String>)> {
        let mut metadata: Fields = serde_json::from_str(part(object, "metadata")?.get())?;
        metadata.remove("resourceVersion");
        let managers = metadata.remove("managedFields").context("no managedFields")?;
        let managers: Vec<Box<RawValue>> = serde_json::from_str(managers.get())?;
        let others = managers.iter().map(|manager| manager.get().to_owned());
        let others = others.filter(|manager| !manager.contains(r#""subresource":"status""#)).collect();
        Ok((metadata.into_iter().map(|(name, field)| (name, field.get().to_owned())).collect(), others))
    };
    ensure!(part(created, "spec")?.get() == part(now, "spec")?.get(), "another spec: {created}\n{now}");
    ensure!(metadata(created)? == metadata(now)?, "other metadata: {created}\n{now}");
    ensure!(metadata(now)?.1.len() == 1, "{now}");
    Ok(())
}
