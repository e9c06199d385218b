//! A random value of a template is rendered once, also where no status records it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::network::fault_proxy::FaultProxy;
use tests::network::fault_proxy::fault::Fault;
use tests::network::fault_proxy::rule::Rule;
use tests::test::eventually::eventually;

use crate::stage::{Scene, Sealed, Stage, started, stop};

const LONG: Duration = Duration::from_secs(30);

pub(crate) async fn it_stays_where_no_status_remembers_it(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 3).await?;

            // Killed while the status write is delayed.
            proxy.set([Rule::on("update", "sealedsecrets/status", Fault::Late(10 * LONG))]);
            apply(scene, "killed", &sealed[0]).await?;
            let killed = token(scene, "killed").await?;
            pod.kill().await?;
            proxy.heal();

            // Without permission to write the status.
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let is = scene.person.sees_synced(&scene.namespace, "killed", api::ConditionStatus::True).await;
            is.context("after the kill")?;
            ensure!(token(scene, "killed").await? == killed, "killed before its status: another token");
            proxy.set([Rule::on("update", "sealedsecrets/status", Fault::Refuse(403, "Forbidden", None))]);
            apply(scene, "forbidden", &sealed[1]).await?;
            let forbidden = token(scene, "forbidden").await?;
            stop(pod).await?;
            for _ in 0..2 {
                let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
                passed(scene, &format!("marker-{:x}", rand::random::<u32>()), &sealed[2]).await?;
                ensure!(token(scene, "forbidden").await? == forbidden, "no right to a status: another token");
                stop(pod).await?;
            }
            proxy.heal();

            // With `--update-status=false`; and a restart writes nothing.
            let silent = || anyhow::Ok(scene.pod()?.flag("update-status", "false").through(&proxy.url()));
            let pod = started(silent()?, &scene.lab).await?;
            apply(scene, "silent", &sealed[2]).await?;
            scene.apply("plain", &sealed[2]).await?;
            let silent_token = token(scene, "silent").await?;
            passed(scene, "plain", &sealed[2]).await?;
            stop(pod).await?;
            for number in 0..3 {
                let pod = started(silent()?, &scene.lab).await?;
                let written = proxy.done("update", "secrets").await;
                passed(scene, &format!("later-{number}"), &sealed[2]).await?;
                ensure!(
                    token(scene, "silent").await? == silent_token,
                    "--update-status=false: another token"
                );
                if number > 0 {
                    ensure!(proxy.done("update", "secrets").await == written, "a restart wrote a Secret");
                }
                stop(pod).await?;
            }

            // An edit of the spec renders anew.
            let pod = scene.start().await?;
            let patch = json!({ "spec": { "template": { "data": { "more": "x" } } } });
            scene.person.patch_sealed(&scene.namespace, "killed", &patch).await?;
            eventually(LONG, "it is rendered anew", async || {
                ensure!(token(scene, "killed").await? != killed, "the old token");
                Ok(())
            })
            .await?;
            stop(pod).await
        })
        .await
}

/// Applies a SealedSecret with a random value beside the sealed one.
async fn apply(scene: &Scene, name: &str, sealed: &Sealed) -> Result<()> {
    let mut object = sealed.object();
    object["metadata"]["name"] = json!(name);
    object["metadata"]["namespace"] = json!(scene.namespace);
    object["spec"]["template"]["data"] = json!({ "token": "{{ randAlphaNum 40 }}" });
    scene.person.apply(&object).await
}

async fn token(scene: &Scene, name: &str) -> Result<Vec<u8>> {
    eventually(LONG, &format!("the Secret {name} has a token"), async || {
        let secret = scene.person.get_secret(&scene.namespace, name).await?;
        Ok(secret.data.unwrap_or_default().remove("token").context("no token")?.0)
    })
    .await
}

/// Applies another object: when its Secret exists, all objects that were listed before it have been processed.
async fn passed(scene: &Scene, name: &str, sealed: &Sealed) -> Result<()> {
    scene.apply(name, sealed).await?;
    scene.person.sees_values(&scene.namespace, name, &[("v", sealed.value.as_bytes())]).await?;
    Ok(())
}
