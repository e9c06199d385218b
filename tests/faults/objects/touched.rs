//! Other clients make new versions of every Secret without changing what its SealedSecret sets: labels of their own, and a rewrite with
//! another key for encryption at rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{Api, ListParams, PostParams};
use serde_json::{Value, json};
use tests::network::fault_proxy::FaultProxy;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::test::eventually::eventually;

use crate::stage::{Scene, Stage, started, stop};

/// SealedSecrets, and as many Secrets.
const TARGETS: usize = 2_000;

/// Requests of a client at the same time.
const AT_ONCE: usize = 8;

/// Longer than the controller takes for anything here.
const SOON: Duration = Duration::from_mins(1);

/// The controller reads a Secret that is touched sooner than half a minute after it was written.
const OLD: Duration = Duration::from_secs(35);

const OWN_NAME: &str = "sealed-secrets-controller";

/// Requests of the controller by verb and resource, and its uses of private keys.
#[derive(Debug, PartialEq, Eq)]
struct Cost {
    requests: BTreeMap<String, u64>,
    openings: u64,
}

/// A controller behind a proxy that counts its requests.
struct Counted {
    proxy: FaultProxy,
    pod: Pod,
}

impl Counted {
    async fn cost(&self) -> Result<Cost> {
        let metrics = http_client().build()?.get(self.pod.metrics_url()).send().await?.text().await?;
        let name = "sealed_secrets_controller_private_key_operations_total ";
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)).context("no such metric")?;
        Ok(Cost { requests: self.proxy.all_done().await, openings: line.parse()? })
    }

    /// What `act` costs beside the correction of an edit of s0, which comes after it: the watch shows changes in order.
    async fn costs_nothing(
        &self,
        scene: &Scene,
        value: &str,
        act: impl AsyncFnOnce() -> Result<()>,
    ) -> Result<()> {
        let before = self.cost().await?;
        act().await?;
        edit_is_corrected(scene, "s0", value, "person", &json!({ "stringData": { "v": "edited" } })).await?;
        let mut expected = before;
        expected.openings += 1;
        // The spec is not in memory.
        for request in [
            "get sealedsecrets",
            "get secrets",
            "update secrets",
            "update sealedsecrets/status",
            "create events",
        ] {
            *expected.requests.entry(request.into()).or_default() += 1;
        }
        let counted = async || {
            let cost = self.cost().await?;
            ensure!(cost == expected, "{cost:?} instead of {expected:?}");
            Ok(())
        };
        eventually(SOON, "the correction alone is paid for", counted).await?;
        tokio::time::sleep(Duration::from_secs(5)).await;
        counted().await.context("later")
    }
}

/// A client changes a Secret, and the controller corrects it.
async fn edit_is_corrected(
    scene: &Scene,
    name: &str,
    value: &str,
    manager: &str,
    edit: &Value,
) -> Result<()> {
    let (person, namespace) = (&scene.person, &scene.namespace);
    let before = person.get_secret(namespace, name).await?.resource_version();
    person.patch_secret_as(manager, namespace, name, edit).await?;
    let edited = person.get_secret(namespace, name).await?.resource_version();
    ensure!(before != edited, "{name}: {edit} changes nothing");
    eventually(SOON, &format!("{name} is corrected after {edit} by {manager}"), async || {
        let secret = person.get_secret(namespace, name).await?;
        let data = secret.data.clone().unwrap_or_default();
        let is_right = data.len() == 1 && data.get("v").is_some_and(|is| is.0 == value.as_bytes());
        ensure!(is_right, "it has other values");
        ensure!(secret.labels().get("app").map(String::as_str) == Some("shop"), "{:?}", secret.labels());
        Ok(())
    })
    .await
}

/// `kubectl get secrets -o json | kubectl replace -f -`: returns how many have a new version.
async fn replace_all(scene: &Scene) -> Result<usize> {
    let secrets: Api<Secret> = Api::namespaced(scene.client(), &scene.namespace);
    let all = secrets.list(&ListParams::default()).await?.items;
    let replaced = futures::stream::iter(all).map(async |mut secret| {
        secret.metadata.managed_fields = None;
        let now = secrets.replace(&secret.name_any(), &PostParams::default(), &secret).await?;
        anyhow::Ok(usize::from(now.resource_version() != secret.resource_version()))
    });
    replaced.buffer_unordered(AT_ONCE).try_fold(0, |sum, one| async move { Ok(sum + one) }).await
}

pub(crate) async fn a_rewrite_of_all_secrets_costs_no_request(stage: Arc<Stage>) -> Result<()> {
    stage
        .play_apart(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            scene.lab.control_plane.encrypt_secrets_with(&[[1; 32]]).await?;
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?.pop().context("nothing sealed")?;
            let value = sealed.value.clone();
            let mut object = sealed.object();
            object["spec"]["template"]["metadata"]["labels"] = json!({ "app": "shop" });
            let names: Vec<String> = (0..TARGETS).map(|number| format!("s{number}")).collect();
            let apply = async |name: &String| {
                let mut object = object.clone();
                (object["metadata"]["name"], object["metadata"]["namespace"]) = (json!(name), json!(namespace));
                person.apply(&object).await
            };
            futures::stream::iter(&names).map(apply).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
            let counted = Counted { proxy, pod };
            let all_are_synced = async || {
                let cost = counted.cost().await?;
                let written = cost.requests.get("update sealedsecrets/status").copied();
                ensure!(written == Some(TARGETS as u64), "{cost:?}");
                Ok(())
            };
            eventually(3 * SOON, "all are synced", all_are_synced).await?;
            tokio::time::sleep(OLD).await;

            let label = async |name: &String| {
                let label = json!({ "metadata": { "labels": { "argocd.argoproj.io/instance": "shop" } } });
                person.patch_secret_as("argocd-controller", namespace, name, &label).await
            };
            counted
                .costs_nothing(scene, &value, async || {
                    futures::stream::iter(&names[1..]).map(label).buffer_unordered(AT_ONCE).try_collect().await
                })
                .await
                .context("labels")?;

            // Nothing but the key is new.
            scene.lab.control_plane.encrypt_secrets_with(&[[2; 32], [1; 32]]).await?;
            tokio::time::sleep(OLD).await;
            counted
                .costs_nothing(scene, &value, async || {
                    let rewritten = replace_all(scene).await?;
                    ensure!(rewritten >= TARGETS, "{rewritten} have a new version");
                    Ok(())
                })
                .await
                .context("encryption at rest")?;

            // After that, each edit of old content is still found.
            let edit = json!({ "stringData": { "v": "edited" } });
            let without_owner = json!([{ "manager": OWN_NAME, "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
                                         "time": "2026-01-02T03:04:05Z", "fieldsV1": { "f:type": {} } }]);
            for (name, manager, forged, edit) in [
                ("s10", "person", None, &edit),
                ("s11", OWN_NAME, None, &edit),
                ("s12", "person", None, &json!({ "stringData": { "more": "x" } })),
                ("s13", "person", None, &json!({ "data": { "v": null } })),
                ("s14", "person", None, &json!({ "metadata": { "labels": { "app": "edited" } } })),
                ("s15", OWN_NAME, None, &json!({ "metadata": { "labels": { "app": null } } })),
                ("s16", "person", Some(json!([{}])), &edit),
                ("s17", "person", Some(json!([{}])), &json!({ "data": { "v": null } })),
                ("s18", "person", Some(without_owner), &json!({ "data": { "v": null } })),
            ] {
                if let Some(forged) = forged {
                    let forged = json!({ "metadata": { "managedFields": forged } });
                    person.patch_secret(namespace, name, &forged).await?;
                    // Read, and found right.
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
                edit_is_corrected(scene, name, &value, manager, edit).await?;
            }
            let before = person.get_secret(namespace, "s19").await?.uid();
            person.delete_secret(namespace, "s19").await?;
            eventually(SOON, "s19 is created again", async || {
                let now = person.get_secret(namespace, "s19").await?.uid();
                ensure!(now.is_some() && now != before, "not yet");
                Ok(())
            })
            .await?;
            stop(counted.pod).await
        })
        .await
}
